"""Stories of 2018 and 2020 that ``nabor demo`` plays: what people and schedules did on which day."""
