package dev.longshore.kinds.admission;

import dev.longshore.model.Admission;
import dev.longshore.model.Registry;

/// Refuses everything; for tests of clients.
final class AlwaysDeny implements Admission {

    @Override
    public String name() {
        return "AlwaysDeny";
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        validate(attempt, registry);
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        throw Attempts.forbidden(attempt, "admission control is denying all modifications");
    }
}
