package dev.longshore.images.registry.access;

/// What a request needs to be allowed, as a token's scope names it.
///
/// @param type `repository`, or `registry` for what belongs to no repository
public record Need(String type, String name, String action) {

    /// The list of all repositories.
    public static final Need CATALOG = new Need("registry", "catalog", "*");

    /// `action` in `repository`.
    public static Need of(String repository, Action action) {
        return new Need("repository", repository, action.wire());
    }
}
