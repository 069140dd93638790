package dev.longshore.model;

/// What an object says of itself: `apps/v1, Kind=Deployment`, `/v1, Kind=Pod`.
public record GroupVersionKind(String group, String version, String kind) {

    /// Reads an object's `apiVersion` and `kind`.
    public static GroupVersionKind of(String apiVersion, String kind) {
        int slash = apiVersion.indexOf('/');
        return slash < 0
                ? new GroupVersionKind("", apiVersion, kind)
                : new GroupVersionKind(apiVersion.substring(0, slash), apiVersion.substring(slash + 1), kind);
    }

    /// `v1`, `apps/v1`.
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    @Override
    public String toString() {
        return group + "/" + version + ", Kind=" + kind;
    }
}
