package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.builder.BuildRequest;
import dev.longshore.builder.attest.Attestations;
import dev.longshore.builder.graph.PlatformText;
import dev.longshore.builder.output.Output;
import dev.longshore.builder.output.Outputs;
import dev.longshore.builder.stage.DeviceGrants;
import dev.longshore.builder.stage.RunWishes;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.http.Query;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Platform;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.StepSandbox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What the parameters of `POST /build` ask for.
final class BuildQuery {

    private final Query query;

    private BuildQuery(Query query) {
        this.query = query;
    }

    /// Reads `query`.
    ///
    /// @throws BadBuildQueryException when one is no value
    static BuildRequest read(Query query) {
        return new BuildQuery(query).request();
    }

    /// The same with what the body says besides the context.
    static BuildRequest read(Query query, BuildBody body) {
        BuildRequest request = read(query);
        Wishes wishes = request.wishes();
        return request.with(
                wishes.withRun(wishes.run().withSecrets(body.secrets()).withAgents(body.agents())));
    }

    /// A parameter that says nothing that we could do.
    static final class BadBuildQueryException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BadBuildQueryException(String why) {
            super(why);
        }
    }

    private BuildRequest request() {
        Wishes wishes = Wishes.NONE
                .withArguments(map("buildargs"))
                .withLabels(map("labels"))
                .withTarget(text("target").orElse(""))
                .withPull(query.isSet("pull"))
                .withNoCache(noCache())
                .withRun(RunWishes.USUAL
                        .withNetwork(network())
                        .allowing(rights())
                        .granting(devices())
                        .within(limits())
                        .knowing(hosts()));
        if (query.isSet("rewritetimestamp")) {
            wishes = wishes.withRewrittenTimestamps();
        }
        return new BuildRequest(
                text("dockerfile").orElse("Dockerfile"),
                query.all("t").stream().filter(tag -> !tag.isEmpty()).toList(),
                wishes,
                outputs(),
                attestations(),
                platforms(),
                false,
                Optional.empty());
    }

    /// `linux/amd64,linux/arm64`; the parameter may also come several times.
    private List<Platform> platforms() {
        var platforms = new ArrayList<Platform>();
        for (String list : query.all("platform")) {
            for (String platform : list.split(",", -1)) {
                if (!platform.isBlank()) {
                    platforms.add(PlatformText.parse(platform));
                }
            }
        }
        return platforms;
    }

    private Attestations attestations() {
        try {
            return Attestations.parse(
                    text("sbom").orElse(""), text("provenance").orElse(""));
        } catch (IllegalArgumentException wrong) {
            throw new BadBuildQueryException(wrong.getMessage());
        }
    }

    private Wishes.NoCache noCache() {
        if (query.isSet("nocache")) {
            return Wishes.NoCache.ALWAYS;
        }
        var stages = new HashSet<String>();
        for (String filter : query.all("nocachefilter")) {
            for (String stage : filter.split(",", -1)) {
                if (!stage.isBlank()) {
                    stages.add(stage.strip());
                }
            }
        }
        return stages.isEmpty() ? Wishes.NoCache.NEVER : Wishes.NoCache.of(stages);
    }

    private Set<RunWishes.Entitlement> rights() {
        var rights = EnumSet.noneOf(RunWishes.Entitlement.class);
        for (String name : query.all("allow")) {
            if (DeviceGrants.isOne(name)) {
                continue;
            }
            rights.add(Arrays.stream(RunWishes.Entitlement.values())
                    .filter(right -> right.toString().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new BadBuildQueryException(
                            "unknown entitlement " + name + ": there are network.host, security.insecure and device")));
        }
        return rights;
    }

    private DeviceGrants devices() {
        DeviceGrants grants = DeviceGrants.NONE;
        for (String right : query.all("allow")) {
            try {
                grants = DeviceGrants.isOne(right) ? grants.and(right) : grants;
            } catch (IllegalArgumentException wrong) {
                throw new BadBuildQueryException(wrong.getMessage());
            }
        }
        return grants;
    }

    /// `[{"Type":"oci","Attrs":{…}}]`, as Docker's client sends them.
    private Outputs outputs() {
        var outputs = new ArrayList<Output>();
        text("outputs").ifPresent(json -> {
            for (JsonNode tree : Json.parse(json)) {
                var attributes = new LinkedHashMap<String, String>();
                tree.path("Attrs")
                        .properties()
                        .forEach(entry ->
                                attributes.put(entry.getKey(), entry.getValue().asString("")));
                try {
                    outputs.add(Output.of(tree.path("Type").asString(""), attributes));
                } catch (IllegalArgumentException | ImageFaultException wrong) {
                    throw new BadBuildQueryException(wrong.getMessage());
                }
            }
        });
        return outputs.isEmpty() ? Outputs.USUAL : new Outputs(outputs);
    }

    private Optional<String> text(String name) {
        return query.first(name).filter(text -> !text.isEmpty());
    }

    private Map<String, String> map(String name) {
        var map = new LinkedHashMap<String, String>();
        text(name)
                .ifPresent(json -> Json.parse(json).properties().forEach(entry -> {
                    if (!entry.getValue().isNull()) {
                        map.put(entry.getKey(), entry.getValue().asString());
                    }
                }));
        return map;
    }

    private StepSandbox.Network network() {
        return switch (text("networkmode").orElse("default")) {
            case "default", "bridge" -> StepSandbox.Network.OWN;
            case "none" -> StepSandbox.Network.NONE;
            case "host" -> StepSandbox.Network.HOST;
            default ->
                throw new BadBuildQueryException(
                        "network mode \"" + text("networkmode").orElse("")
                                + "\" not supported by builder: there are default, none and host");
        };
    }

    private List<StepSandbox.Host> hosts() {
        var hosts = new ArrayList<StepSandbox.Host>();
        for (String line : query.all("extrahosts")) {
            if (line.isEmpty()) {
                continue;
            }
            int colon = line.indexOf(line.contains("=") ? '=' : ':');
            if (colon <= 0 || colon == line.length() - 1) {
                throw new BadBuildQueryException("bad format for add-host: \"" + line + "\"");
            }
            String address = line.substring(colon + 1).replaceAll("^\\[|\\]$", "");
            if (!address.matches("[0-9a-fA-F:.]+") && !address.equals(StepSandbox.Host.GATEWAY)) {
                throw new BadBuildQueryException("invalid IP address in add-host: \"" + address + "\"");
            }
            hosts.add(new StepSandbox.Host(line.substring(0, colon), address));
        }
        return hosts;
    }

    private StepSandbox.Limits limits() {
        var resources = new ContainerResources(
                number("cpushares"),
                number("cpuquota"),
                number("cpuperiod"),
                number("memory"),
                OptionalLong.empty(),
                OptionalLong.empty());
        return new StepSandbox.Limits(
                resources,
                number("shmsize"),
                ulimits(),
                processors("cpusetcpus"),
                processors("cpusetmems"),
                swap(),
                text("cgroupparent").orElse(""));
    }

    /// Memory and swap together; -1 is no limit.
    private OptionalLong swap() {
        return text("memswap").filter("-1"::equals).isPresent() ? OptionalLong.of(-1) : number("memswap");
    }

    private String processors(String name) {
        String text = text(name).orElse("");
        if (!text.matches("([0-9]{1,6}(-[0-9]{1,6})?(,[0-9]{1,6}(-[0-9]{1,6})?)*)?")) {
            throw new BadBuildQueryException("invalid " + name + " \"" + text + "\": write numbers, as 0-2,4");
        }
        return text;
    }

    private List<StepSandbox.Ulimit> ulimits() {
        var ulimits = new ArrayList<StepSandbox.Ulimit>();
        text("ulimits").ifPresent(json -> {
            for (JsonNode ulimit : Json.parse(json)) {
                ulimits.add(new StepSandbox.Ulimit(
                        ulimit.path("Name").asString(""),
                        ulimit.path("Soft").asLong(0),
                        ulimit.path("Hard").asLong(0)));
            }
        });
        return ulimits;
    }

    /// Nothing, as Docker has it, when it is 0.
    private OptionalLong number(String name) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            long number = Long.parseLong(text.get());
            return number > 0 ? OptionalLong.of(number) : OptionalLong.empty();
        } catch (NumberFormatException none) {
            throw new BadBuildQueryException("strconv.ParseInt: parsing \"" + text.get() + "\": invalid syntax");
        }
    }
}
