//! Hadamard matrices: square, entries ±1, rows orthogonal.
//!
//! Notation: order m, H H′ = m I. Built by doubling (J. J. Sylvester, Phil. Mag. 34 (1867) 461) and by quadratic residues χ
//! modulo a prime q: order q + 1 for q ≡ 3 and 2(q + 1) for q ≡ 1 mod 4 (R. E. A. C. Paley, J. Math. Phys. 12 (1933) 311, lemmas
//! 2–4). The first column is all +1.

/// The smallest matrix that can be built with more than `columns` columns, row after row; true stands for +1.
pub(super) fn with_more_columns_than(columns: usize) -> (usize, Vec<bool>) {
    let mut order = (columns + 1).next_power_of_two().min(4);
    while order <= columns {
        order += 4;
    }
    loop {
        if let Some(mut matrix) = build(order) {
            for row in matrix.chunks_exact_mut(order) {
                if !row[0] {
                    row.iter_mut().for_each(|entry| *entry = !*entry);
                }
            }
            return (order, matrix);
        }
        order += 4;
    }
}

fn build(order: usize) -> Option<Vec<bool>> {
    if order == 1 {
        return Some(vec![true]);
    }
    if order == 2 {
        return Some(vec![true, true, true, false]);
    }
    if !order.is_multiple_of(4) {
        return None;
    }
    if let Some(half) = build(order / 2) {
        return Some(double(&half, order / 2));
    }
    if prime(order - 1) && (order - 1) % 4 == 3 {
        return Some(first_paley(order - 1));
    }
    let q = order / 2 - 1;
    (prime(q) && q % 4 == 1).then(|| second_paley(q))
}

fn double(half: &[bool], m: usize) -> Vec<bool> {
    let entry = |row: usize, column: usize| half[row % m * m + column % m] != (row >= m && column >= m);
    (0..4 * m * m).map(|at| entry(at / (2 * m), at % (2 * m))).collect()
}

fn prime(q: usize) -> bool {
    q >= 2 && (2..).take_while(|d| d * d <= q).all(|d| !q.is_multiple_of(d))
}

/// Whether each number modulo q is a square other than 0.
fn residues(q: usize) -> Vec<bool> {
    let mut squares = vec![false; q];
    (1..q).for_each(|x| squares[x * x % q] = true);
    squares
}

/// I + S with S = [0 1′; −1 Q], Q_ij = χ(i − j).
fn first_paley(q: usize) -> Vec<bool> {
    let (m, squares) = (q + 1, residues(q));
    let entry = |row: usize, column: usize| match (row, column) {
        (0, _) => true,
        (_, 0) => false,
        (row, column) if row == column => true,
        (row, column) => squares[(q + row - column) % q],
    };
    (0..m * m).map(|at| entry(at / m, at % m)).collect()
}

/// C ⊗ [1 1; 1 −1] + I ⊗ [1 −1; −1 −1] with C = [0 1′; 1 Q].
fn second_paley(q: usize) -> Vec<bool> {
    let (m, squares) = (2 * (q + 1), residues(q));
    let entry = |row: usize, column: usize| {
        let (a, b) = (row / 2, column / 2);
        let corner = row % 2 == 1 && column % 2 == 1;
        if a == b {
            return row.is_multiple_of(2) && column.is_multiple_of(2);
        }
        let c = a == 0 || b == 0 || squares[(q + a - b) % q];
        c != corner
    };
    (0..m * m).map(|at| entry(at / m, at % m)).collect()
}

#[cfg(test)]
mod tests {
    use super::with_more_columns_than;

    #[test]
    fn rows_are_orthogonal_and_the_first_column_is_plain() {
        for columns in 1..80 {
            let (m, matrix) = with_more_columns_than(columns);
            assert!(m > columns && m <= columns + 8, "order {m} for {columns} columns");
            for a in 0..m {
                assert!(matrix[a * m]);
                for b in 0..a {
                    let same = (0..m).filter(|c| matrix[a * m + c] == matrix[b * m + c]).count();
                    assert_eq!(2 * same, m, "rows {a} and {b} of order {m}");
                }
            }
        }
    }
}
