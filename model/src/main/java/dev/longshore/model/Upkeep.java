package dev.longshore.model;

/// One object that the API server itself keeps as it shall be. It is looked after at the start, whenever the object
/// changes, and every minute.
public interface Upkeep {

    /// What health checks call the first time.
    String hook();

    /// Of what resource the object is.
    GroupResource resource();

    /// Where the object is.
    String namespace();

    /// What the object is called.
    String name();

    /// Makes or mends the object; may be called by several servers at once.
    void keep(Registry registry);
}
