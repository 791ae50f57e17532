select * from stock
