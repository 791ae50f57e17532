select *, current_date as today from stock
