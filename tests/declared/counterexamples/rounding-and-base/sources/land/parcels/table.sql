select * from parcels
