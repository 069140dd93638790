package dev.longshore.apiserver.aggregation;

import dev.longshore.model.Resource;
import dev.longshore.model.ServiceRouter.Destination;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// An APIService: who serves one version of one group.
///
/// @param name `VERSION.GROUP`
/// @param destination the Service that does; empty if this server does it itself
/// @param trust whom to believe over there
/// @param isAvailable what its condition says
public record ApiRegistration(
        String name,
        String group,
        String version,
        int groupPriority,
        int versionPriority,
        Optional<Destination> destination,
        Trust trust,
        boolean isAvailable) {

    private static final int HTTPS = 443;

    /// Who may vouch for an extension server.
    ///
    /// @param authorities PEM in base64; empty for those whom this machine trusts
    /// @param isBlind believes everybody
    public record Trust(String authorities, boolean isBlind) {}

    /// What `object`, an APIService, says.
    public static ApiRegistration of(Resource object) {
        JsonNode spec = object.at("spec");
        JsonNode service = spec.path("service");
        return new ApiRegistration(
                object.name(),
                spec.path("group").asString(""),
                spec.path("version").asString(""),
                spec.path("groupPriorityMinimum").asInt(0),
                spec.path("versionPriority").asInt(0),
                service.isObject()
                        ? Optional.of(new Destination(
                                service.path("namespace").asString(""),
                                service.path("name").asString(""),
                                service.path("port").asInt(HTTPS)))
                        : Optional.empty(),
                new Trust(
                        spec.path("caBundle").asString(""),
                        spec.path("insecureSkipTLSVerify").asBoolean(false)),
                AvailableCondition.isTrue(object));
    }

    /// True if this server serves it itself.
    boolean isLocal() {
        return destination.isEmpty();
    }

    /// The path of its discovery: `/apis/GROUP/VERSION`, or `/api/v1`.
    public String path() {
        return group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version;
    }

    /// Below what everything is that it serves: all of the core group, for that one.
    String root() {
        return group.isEmpty() ? "/api" : path();
    }

    /// What the certificate of its server must say.
    String serverName() {
        return destination
                .map(service -> service.name() + "." + service.namespace() + ".svc")
                .orElse("");
    }
}
