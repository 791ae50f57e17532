select commune, annee, ventes
from "habitat/tension"
