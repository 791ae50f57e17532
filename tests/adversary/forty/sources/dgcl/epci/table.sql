select cast(annee as integer) as vintage, siren as code, nom as name, nature as type
from epci
