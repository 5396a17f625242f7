"""When a question is asked: conditions on the situation, and how they are combined."""

from guide.questionnaire.schema import Condition, Situation
from guide.rules.enums import Flag, FlagState
from guide.rules.flags import has_adult, maybe_minor, maybe_minor_in_case, under_18


def answered(step: str, question: str, *values: str) -> Condition:
    """Open when the question has one of ``values`` among its answers."""

    def check(situation: Situation) -> bool:
        given = situation.get(step, question)
        return any(value in values for value in given) if isinstance(given, list) else given in values

    return check


def has_answer(step: str, question: str) -> Condition:
    """Open when the question has any answer."""
    return lambda situation: bool(situation.get(step, question))


def not_answered(step: str, question: str, *values: str) -> Condition:
    """Open unless the question has one of ``values`` as its answer."""
    return lambda situation: situation.get(step, question) not in values


def any_condition(*conditions: Condition) -> Condition:
    """Open when at least one of ``conditions`` is."""
    return lambda situation: any(condition(situation) for condition in conditions)


def every_condition(*conditions: Condition) -> Condition:
    """Open when every one of ``conditions`` is."""
    return lambda situation: all(condition(situation) for condition in conditions)


def home_is_safe(situation: Situation) -> bool:
    """Open unless the home of a victim who may be under 18 is suspected: then the family is not contacted."""
    return not home_is_suspected(situation)


def home_is_suspected(situation: Situation) -> bool:
    """Open while abuse may come from the home of a victim who is, or may be, under 18."""
    return situation.assessment.state(Flag.HOME) == FlagState.SET and maybe_minor(situation.assessment.facts)


def may_have_minor_victim(situation: Situation) -> bool:
    """Open while some victim is, or may be, under 18."""
    return maybe_minor(situation.assessment.facts)


def pupil_may_be_minor(situation: Situation) -> bool:
    """Open while the pupil of the first questions is, or may be, under 18."""
    return under_18(situation.assessment.facts.victims[0].age) is not False


def may_have_minor(situation: Situation) -> bool:
    """Open while anybody in the case is, or may be, under 18."""
    return maybe_minor_in_case(situation.assessment.facts)


def has_adult_victim(situation: Situation) -> bool:
    """Open when some victim is 18 or more."""
    return has_adult(situation.assessment.facts)


def flagged(flag: Flag, *states: FlagState) -> Condition:
    """Open while ``flag`` is in one of ``states``."""
    return lambda situation: situation.assessment.state(flag) in states
