//! The options of a request: `$filter`, `$orderby`, `$select`, `$top`, `$skip`, `$count`, `$format`, and our `$skiptoken`. Anything else is refused.

use super::filter::{self, Condition};
use super::model::{Cell, Set};
use crate::error::{Error, Result};

/// Most entities of one answer; the rest is behind `@odata.nextLink`.
pub const PAGE: usize = 5_000;

/// What is asked of an entity set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// Which entities.
    pub filter: Option<Condition>,
    /// By which properties they are sorted, and whether downwards.
    pub order: Vec<(usize, bool)>,
    /// Which properties are sent; none sends all.
    pub select: Option<Vec<usize>>,
    /// How many at most, all pages together.
    pub top: Option<usize>,
    /// How many are left out at the beginning.
    pub skip: usize,
    /// Whether the number of all that fit is sent.
    pub count: bool,
    /// How many of what remains earlier pages had.
    pub seen: usize,
}

/// Options of the standard that this feed does not have.
const UNSUPPORTED: [&str; 8] = ["$expand", "$search", "$apply", "$compute", "$levels", "$id", "$deltatoken", "$schemaversion"];
/// The options there are.
const SUPPORTED: &str = "$filter, $orderby, $select, $top, $skip, $count, $format=json";

impl Query {
    /// Reads the options of an address.
    ///
    /// # Errors
    /// `BadRequest`: what is wrong, and what can be written instead.
    pub fn read(set: &Set, options: &[(String, String)]) -> Result<Query> {
        let refused = |why: String| Error::BadRequest(why);
        let mut query = Query::default();
        let mut names: Vec<&str> = Vec::new();
        for (name, value) in options {
            if names.contains(&name.as_str()) {
                return Err(refused(format!("{name} is there twice")));
            }
            names.push(name);
            let number = || value.parse::<usize>().map_err(|_| refused(format!("{name} is a whole number from 0 on, not {value:?}")));
            match name.as_str() {
                "$filter" => query.filter = Some(filter::parse(set, value).map_err(|m| refused(m.to_string()))?),
                "$orderby" => query.order = order(set, value)?,
                "$select" => query.select = select(set, value)?,
                "$top" => query.top = Some(number()?),
                "$skip" => query.skip = number()?,
                "$skiptoken" => query.seen = number()?,
                "$count" => {
                    query.count = value.parse().map_err(|_| refused(format!("$count is true or false, not {value:?}")))?;
                }
                "$format" if value == "json" || value.starts_with("application/json") => {}
                "$format" => return Err(refused(format!("$format: {value:?} is not sent here, only json"))),
                other if UNSUPPORTED.contains(&other) => {
                    return Err(refused(format!("{other} is not supported; there are {SUPPORTED}")));
                }
                other => return Err(refused(format!("there is no option {other:?}; there are {SUPPORTED}"))),
            }
        }
        Ok(query)
    }

    /// The entities asked for, in order: those of this page, how many fit in all, and whether there are more.
    #[must_use]
    pub fn answer(&self, mut rows: Vec<Vec<Cell>>, page: usize) -> Answer {
        if let Some(filter) = &self.filter {
            rows.retain(|row| filter.holds(row));
        }
        let fitting = rows.len();
        if !self.order.is_empty() {
            let cell = |row: &'_ [Cell], at: usize| row.get(at).cloned().unwrap_or(Cell::Null);
            rows.sort_by(|a, b| {
                let compare = |(at, down): &(usize, bool)| {
                    let order = filter::ascending(&cell(a, *at), &cell(b, *at));
                    if *down { order.reverse() } else { order }
                };
                self.order.iter().map(compare).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
            });
        }
        let wanted = fitting.saturating_sub(self.skip).min(self.top.unwrap_or(usize::MAX));
        let rows: Vec<_> = rows.into_iter().skip(self.skip).take(wanted).skip(self.seen).take(page).collect();
        let seen = self.seen.saturating_add(rows.len());
        Answer { next: (seen < wanted && !rows.is_empty()).then_some(seen), rows, fitting }
    }
}

/// One page.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The entities.
    pub rows: Vec<Vec<Cell>>,
    /// How many fit the filter, all pages together and whatever was skipped.
    pub fitting: usize,
    /// `$skiptoken` of the next page.
    pub next: Option<usize>,
}

fn property(set: &Set, option: &str, name: &str) -> Result<usize> {
    set.position(name).ok_or_else(|| {
        let names: Vec<&str> = set.properties.iter().map(|p| p.name).collect();
        Error::BadRequest(format!("{option}: {} have no property {name:?}; they have {}", set.name, names.join(", ")))
    })
}

fn order(set: &Set, text: &str) -> Result<Vec<(usize, bool)>> {
    let by = |part: &str| {
        let mut words = part.split_whitespace();
        let name = words.next().unwrap_or("");
        let down = match (words.next(), words.next()) {
            (None | Some("asc"), None) => false,
            (Some("desc"), None) => true,
            _ => return Err(Error::BadRequest(format!("$orderby: write a property, then asc or desc, not {part:?}"))),
        };
        Ok((property(set, "$orderby", name)?, down))
    };
    text.split(',').map(by).collect()
}

fn select(set: &Set, text: &str) -> Result<Option<Vec<usize>>> {
    if text.trim() == "*" {
        return Ok(None);
    }
    text.split(',').map(|name| property(set, "$select", name.trim())).collect::<Result<Vec<_>>>().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(options: &[(&str, &str)]) -> Result<Query> {
        let options: Vec<(String, String)> = options.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Query::read(Set::named("Measures").unwrap(), &options)
    }

    /// Measures numbered from 0; every third has no code.
    fn rows(n: i64) -> Vec<Vec<Cell>> {
        let code = |i: i64| if i % 3 == 0 { Cell::Null } else { Cell::Text(format!("m{}", i % 5)) };
        (0..n).map(|i| vec![Cell::from("s"), code(i), Cell::Null, Cell::Null, Cell::Null, Cell::Count(i), Cell::Null]).collect()
    }

    fn numbers(answer: &Answer) -> Vec<i64> {
        let number = |row: &Vec<Cell>| if let Cell::Count(n) = row[5] { n } else { -1 };
        answer.rows.iter().map(number).collect()
    }

    #[test]
    fn pages_put_together_are_all_that_was_asked_for() {
        let options = [("$filter", "Position ge 2"), ("$orderby", "Position desc"), ("$skip", "1"), ("$top", "5")];
        let mut query = read(&options).unwrap();
        let (mut all, mut pages) = (Vec::new(), 0);
        loop {
            let answer = query.answer(rows(10), 2);
            assert_eq!(answer.fitting, 8, "the count is of all that fit");
            all.extend(numbers(&answer));
            pages += 1;
            match answer.next {
                Some(seen) => query.seen = seen,
                None => break,
            }
        }
        assert_eq!((all, pages), (vec![8, 7, 6, 5, 4], 3));
    }

    #[test]
    fn null_comes_first_upwards_and_last_downwards_and_ties_keep_their_order() {
        let sorted = |by: &str| numbers(&read(&[("$orderby", by)]).unwrap().answer(rows(7), PAGE));
        assert_eq!(sorted("Measure"), [0, 3, 6, 5, 1, 2, 4]);
        assert_eq!(sorted("Measure desc,Position desc"), [4, 2, 1, 5, 6, 3, 0]);
    }

    #[test]
    fn what_is_unknown_is_refused_in_words() {
        for (options, why) in [
            (&[("$expand", "Units")][..], "$expand is not supported"),
            (&[("$filtre", "x")], "there is no option \"$filtre\""),
            (&[("lang", "vi")], "there is no option \"lang\""),
            (&[("$top", "-1")], "$top is a whole number from 0 on"),
            (&[("$top", "1"), ("$top", "2")], "$top is there twice"),
            (&[("$count", "yes")], "$count is true or false"),
            (&[("$format", "atom")], "only json"),
            (&[("$select", "Nothing")], "Measures have no property \"Nothing\"; they have Survey"),
            (&[("$orderby", "Position down")], "asc or desc"),
            (&[("$filter", "Position")], "a comparison is missing"),
        ] {
            let told = read(options).unwrap_err().to_string();
            assert!(told.contains(why), "{options:?}: {told}");
        }
        assert_eq!(read(&[("$select", "*"), ("$format", "json"), ("$count", "true")]).unwrap(), Query { count: true, ..Query::default() });
    }
}
