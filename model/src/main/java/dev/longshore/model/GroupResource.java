package dev.longshore.model;

/// A resource without its version: `deployments.apps`. The core group is the empty string.
public record GroupResource(String group, String resource) {

    @Override
    public String toString() {
        return group.isEmpty() ? resource : resource + "." + group;
    }
}
