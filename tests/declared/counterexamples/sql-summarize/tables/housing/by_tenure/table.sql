summarize "census/housing"
