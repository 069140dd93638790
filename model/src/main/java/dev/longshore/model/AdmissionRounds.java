package dev.longshore.model;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/// The rounds in which the rules of admission change one object: there is a second one if a rule that calls others
/// (webhooks, policies) has changed the object, because those before it may want to see that. For one thread.
public final class AdmissionRounds {

    private boolean isSecond;
    private boolean isWanted;
    private Map<String, Object> memories = Map.of();

    /// True in the second round.
    public boolean isSecond() {
        return isSecond;
    }

    /// Has a second round follow this one. There is no third.
    public void wantSecond() {
        isWanted = true;
    }

    /// Begins the second round, if there shall be one; false if not.
    public boolean beginSecond() {
        if (isSecond || !isWanted) {
            return false;
        }
        isSecond = true;
        return true;
    }

    /// What `rule` keeps from the first round for the second, made at its first call.
    public <T> T memory(String rule, Class<T> type, Supplier<T> made) {
        if (memories.isEmpty()) {
            memories = new HashMap<>();
        }
        return type.cast(memories.computeIfAbsent(rule, _ -> made.get()));
    }
}
