//! The shapes in memory: read and simplified once, not for each page.

use std::sync::{Arc, Mutex, PoisonError};

use super::model::About;
use super::store;
use crate::charts::geo::CODE;
use crate::charts::{Geography, Map};
use crate::db::Conn;
use crate::error::{Error, Result};

/// The boundaries that are in force.
#[derive(Debug, PartialEq)]
pub struct InForce {
    /// What is known of them.
    pub about: About,
    wide: Geography,
    narrow: Geography,
}

impl InForce {
    /// The shapes, as detailed as a map of this width shows them.
    #[must_use]
    pub fn geography(&self, narrow: bool) -> &Geography {
        if narrow { &self.narrow } else { &self.wide }
    }
}

/// The boundaries last read; a copy is the same.
#[derive(Clone, Default)]
pub struct Boundaries(Arc<Mutex<Option<Arc<InForce>>>>);

impl Boundaries {
    /// The boundaries stored now, none when there are none. The database is asked each time whether they are still the ones in memory.
    ///
    /// # Errors
    /// Those of the database; `Internal` when what is stored cannot be read.
    pub fn in_force(&self, conn: &mut Conn) -> Result<Option<Arc<InForce>>> {
        let now = store::digest(conn)?;
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if held.as_ref().map(|h| &h.about.digest) == now.as_ref() {
            return Ok(held);
        }
        let read = store::read(conn)?.map(read).transpose()?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&read);
        Ok(read)
    }
}

fn read((about, text): (About, String)) -> Result<Arc<InForce>> {
    let stored = Geography::read(&text, CODE).map_err(|e| Error::Internal(format!("the stored boundaries: {e}")))?;
    let wide = stored.simplified(Map::detail(false));
    let narrow = stored.simplified(Map::detail(true));
    Ok(Arc::new(InForce { about, wide, narrow }))
}
