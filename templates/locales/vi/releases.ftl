# Words of releases and the public results.
