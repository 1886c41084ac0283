# Words of printed reports and slides.
