select * from listed
