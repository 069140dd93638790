package dev.longshore.cli;

import dev.longshore.base.Json;
import dev.longshore.http.Query;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// The query of `POST /build` that options ask for: the parameters of Docker, and those that Longshore adds
/// (docs/build-command.md).
final class BuildCall {

    private final BuildOptions options;
    private final Map<String, List<String>> parameters = new LinkedHashMap<>();

    BuildCall(BuildOptions options) {
        this.options = options;
    }

    /// Encoded.
    ///
    /// @param id by which the build can be cancelled
    /// @param environment looks up a variable, for arguments without a value
    String query(
            BuildContext context,
            String id,
            List<BuildOutput> outputs,
            Function<String, Optional<String>> environment) {
        set("dockerfile", context.dockerfile());
        set("remote", context.remote());
        set("buildid", id);
        parameters.put("t", options.tags);
        set("buildargs", json(arguments(environment)));
        set("labels", json(options.labels));
        set("target", options.target);
        set("platform", String.join(",", options.platforms));
        set("networkmode", options.network);
        set("nocache", options.isWithoutCache);
        parameters.put("nocachefilter", options.withoutCache);
        set("pull", options.isPulling);
        parameters.put("extrahosts", options.hosts);
        options.limits.parameters().forEach(this::set);
        parameters.put("allow", rights());
        set("rewritetimestamp", options.isRewriting);
        var attests = AttestOption.read(options.attests, options.sbom, options.provenance);
        set("sbom", attests.get("sbom"));
        set("provenance", attests.get("provenance"));
        set("call", options.isCheck ? "check" : options.call);
        set("progress", "events");
        set("cachefrom", BuildCacheOption.json("--cache-from", options.cacheFrom));
        set("cacheto", BuildCacheOption.json("--cache-to", options.cacheTo));
        if (!outputs.isEmpty()) {
            set("outputs", json(outputs));
        }
        return new Query(parameters).encode();
    }

    /// Several rights may stand in one option; what `device=` says has commas of its own.
    private List<String> rights() {
        return options.rights.stream()
                .flatMap(right -> right.startsWith("device") ? Stream.of(right) : Stream.of(right.split(",")))
                .toList();
    }

    private Map<String, String> arguments(Function<String, Optional<String>> environment) {
        var arguments = new LinkedHashMap<String, String>();
        for (String argument : options.arguments) {
            int equals = argument.indexOf('=');
            if (equals >= 0) {
                arguments.put(argument.substring(0, equals), argument.substring(equals + 1));
            } else {
                environment.apply(argument).ifPresent(value -> arguments.put(argument, value));
            }
        }
        return arguments;
    }

    private void set(String name, String value) {
        if (value != null && !value.isEmpty()) {
            parameters.put(name, List.of(value));
        }
    }

    private void set(String name, boolean value) {
        if (value) {
            parameters.put(name, List.of("1"));
        }
    }

    private static String json(List<BuildOutput> outputs) {
        var array = Json.array();
        for (BuildOutput output : outputs) {
            ObjectNode attributes = array.addObject().put("Type", output.type()).putObject("Attrs");
            output.attributes().forEach(attributes::put);
        }
        return new String(Json.bytes(array), StandardCharsets.UTF_8);
    }

    private static String json(Map<String, String> values) {
        var object = Json.object();
        values.forEach(object::put);
        return new String(Json.bytes(object), StandardCharsets.UTF_8);
    }
}
