select codgeo as commune, cast(nb_emplois as integer) as emplois
from emplois
