package dev.longshore.kinds.podsecurity.controls;

/// A level as one release of Kubernetes has it, such as `baseline:latest`.
public record LevelVersion(Level level, PolicyVersion version) {

    /// What forbids nothing.
    public static final LevelVersion PRIVILEGED = new LevelVersion(Level.PRIVILEGED, PolicyVersion.LATEST);

    /// True if both forbid the same; versions of what forbids nothing do not differ.
    public boolean isSameAs(LevelVersion other) {
        return level == Level.PRIVILEGED && other.level == Level.PRIVILEGED || equals(other);
    }

    @Override
    public String toString() {
        return level + ":" + version;
    }
}
