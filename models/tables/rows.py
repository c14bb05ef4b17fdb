"""What several tables share: territorial scope, and the naming of constraints that migrations rely on."""

from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Scoped(SQLModel):
    """A row that belongs to an area. A session of an actor sees only rows within the actor's scope."""

    area: str = Field(index=True, max_length=7)
    """TERYT prefix of the call; ``""`` while it is not known, which only an actor of the whole project sees."""
