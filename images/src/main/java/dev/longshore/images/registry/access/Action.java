package dev.longshore.images.registry.access;

import java.util.Locale;
import java.util.Optional;

/// What one may do in a repository; the names are those of token scopes.
public enum Action {
    /// Read.
    PULL,
    /// Add.
    PUSH,
    /// Take away.
    DELETE;

    /// As scopes spell it.
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The action that `text` spells.
    static Optional<Action> of(String text) {
        for (Action action : values()) {
            if (action.wire().equals(text)) {
                return Optional.of(action);
            }
        }
        return Optional.empty();
    }
}
