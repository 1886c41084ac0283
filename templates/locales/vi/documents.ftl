# Words of printed reports and slides.
doc-country = CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
doc-motto = Độc lập - Tự do - Hạnh phúc
doc-recipients = Nơi nhận:
doc-annex = Phụ lục
doc-table = Bảng
doc-figure = Hình
doc-source = Nguồn: { $source }
