package dev.longshore.model;

/// A resource in one version, by its plural.
///
/// @param group empty for the core
public record GroupVersionResource(String group, String version, String resource) {

    /// Whatever the version.
    public GroupResource groupResource() {
        return new GroupResource(group, resource);
    }

    /// `v1`, or `apps/v1`.
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }
}
