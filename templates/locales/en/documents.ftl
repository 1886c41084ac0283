# Words of printed reports and slides.
doc-country = SOCIALIST REPUBLIC OF VIET NAM
doc-motto = Independence - Freedom - Happiness
doc-recipients = Recipients:
doc-annex = Annex
doc-table = Table
doc-figure = Figure
doc-source = Source: { $source }
