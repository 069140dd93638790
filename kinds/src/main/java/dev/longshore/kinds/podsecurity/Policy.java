package dev.longshore.kinds.podsecurity;

import dev.longshore.kinds.podsecurity.controls.Level;
import dev.longshore.kinds.podsecurity.controls.LevelVersion;

/// What holds in a namespace.
///
/// @param enforce what pods must meet
/// @param audit what is noted when it is not met
/// @param warn what clients are told of when it is not met
record Policy(LevelVersion enforce, LevelVersion audit, LevelVersion warn) {

    /// Nothing is forbidden, noted or told.
    static final Policy PRIVILEGED =
            new Policy(LevelVersion.PRIVILEGED, LevelVersion.PRIVILEGED, LevelVersion.PRIVILEGED);

    boolean isPrivileged() {
        return enforce.level() == Level.PRIVILEGED && isSilent();
    }

    /// True if nothing is noted or told.
    boolean isSilent() {
        return audit.level() == Level.PRIVILEGED && warn.level() == Level.PRIVILEGED;
    }

    boolean isSameAs(Policy other) {
        return enforce.isSameAs(other.enforce) && audit.isSameAs(other.audit) && warn.isSameAs(other.warn);
    }
}
