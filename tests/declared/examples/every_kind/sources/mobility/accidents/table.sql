select * from accidents
