package dev.longshore.apiserver.openapi;

import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// The paths that are not about objects: discovery, version, logs and the keys of tokens.
final class GroupPaths {

    private GroupPaths() {}

    static List<PathItem> of(List<ResourceDefinition> definitions) {
        var all = new ArrayList<PathItem>();
        all.add(item(
                "api",
                Operation.plain(
                        "getCoreAPIVersions",
                        "Tells the versions of the core group.",
                        "core",
                        MediaTypes.DISCOVERY,
                        Names.META + "APIVersions")));
        all.add(item(
                "apis",
                Operation.plain(
                        "getAPIVersions",
                        "Tells the groups.",
                        "apis",
                        MediaTypes.DISCOVERY,
                        Names.META + "APIGroupList")));
        var groups = new LinkedHashSet<String>();
        var versions = new LinkedHashSet<GroupVersionKind>();
        for (ResourceDefinition definition : definitions) {
            groups.add(definition.kind().group());
            versions.add(new GroupVersionKind(
                    definition.kind().group(), definition.kind().version(), ""));
        }
        groups.remove("");
        groups.forEach(group -> all.add(group(group)));
        versions.forEach(version -> all.add(version(version.group(), version.version())));
        all.addAll(others());
        return all;
    }

    private static PathItem group(String group) {
        return item(
                "apis/" + group,
                Operation.plain(
                        "get" + Names.group(group) + "APIGroup",
                        "Tells the versions of the group.",
                        Names.groupTag(group),
                        MediaTypes.DISCOVERY,
                        Names.META + "APIGroup"));
    }

    private static PathItem version(String group, String version) {
        return item(
                Names.path(group, version),
                Operation.plain(
                        "get" + Names.groupVersion(group, version) + "APIResources",
                        "Tells the resources of the version.",
                        Names.tag(group, version),
                        MediaTypes.OBJECTS,
                        Names.META + "APIResourceList"));
    }

    private static List<PathItem> others() {
        Operation version = Operation.plain(
                "getCodeVersion",
                "Tells the server's version.",
                "version",
                MediaTypes.JSON,
                "io.k8s.apimachinery.pkg.version.Info");
        Operation configuration = Operation.plain(
                "getServiceAccountIssuerOpenIDConfiguration",
                "Tells the issuer of service accounts' tokens.",
                "WellKnown",
                MediaTypes.JSON,
                Operation.TEXT);
        Operation keys = Operation.plain(
                "getServiceAccountIssuerOpenIDKeyset",
                "Tells the keys that sign service accounts' tokens.",
                "openid",
                List.of("application/jwk-set+json"),
                Operation.TEXT);
        Operation logs = Operation.plain("logFileListHandler", "", "logs", List.of(), Operation.NOTHING);
        Operation log = Operation.plain("logFileHandler", "", "logs", List.of(), Operation.NOTHING)
                .with(List.of(Parameter.path("logpath", "The path of the log.")));
        return List.of(
                item("version", version),
                item(".well-known/openid-configuration", configuration.consuming(List.of())),
                item("openid/v1/jwks", keys.consuming(List.of())),
                item("logs", logs),
                new PathItem("/logs/{logpath}", "logs", List.of(log)));
    }

    private static PathItem item(String path, Operation operation) {
        return new PathItem("/" + path + "/", path, List.of(operation));
    }
}
