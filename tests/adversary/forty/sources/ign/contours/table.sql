select 2025 as vintage, code_insee as code, geometry
from contours
