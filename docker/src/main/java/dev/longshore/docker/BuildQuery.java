package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.builder.BuildRequest;
import dev.longshore.builder.graph.PlatformText;
import dev.longshore.builder.stage.RunWishes;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.http.Query;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.StepSandbox;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
                .withNoCache(query.isSet("nocache") ? Wishes.NoCache.ALWAYS : Wishes.NoCache.NEVER)
                .withRun(RunWishes.USUAL.withNetwork(network()).within(limits()).knowing(hosts()));
        Optional<String> platform = text("platform");
        return new BuildRequest(
                text("dockerfile").orElse("Dockerfile"),
                query.all("t").stream().filter(tag -> !tag.isEmpty()).toList(),
                platform.isPresent() ? wishes.withPlatform(PlatformText.parse(platform.get())) : wishes);
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
            if (!address.matches("[0-9a-fA-F:.]+")) {
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
        return new StepSandbox.Limits(resources, number("shmsize"), ulimits());
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
