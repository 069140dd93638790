package dev.longshore.builder.attest;

import dev.longshore.base.Json;
import dev.longshore.builder.remote.GitAddress;
import dev.longshore.builder.stage.Materials;
import dev.longshore.builder.stage.Materials.Material;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.images.Platform;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How an image came about, as SLSA provenance v1 or v0.2 with the fields that BuildKit fills for a Dockerfile
/// (docs/attestations/slsa-definitions.md there). Secrets and agents are named, never told.
///
/// @param file the Dockerfile's path
/// @param text what it says
/// @param host what the build ran on
record Provenance(
        Attestations.Told told,
        String file,
        String text,
        Wishes wishes,
        Materials materials,
        Platform host,
        Occasion occasion) {

    /// Says which fields there are.
    private static final String BUILD_TYPE =
            "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md";

    private static final String OLD_TYPE = "https://mobyproject.org/buildkit@v1";

    private static final int SHA1_LENGTH = 40;

    /// As `told` wants it.
    Claim claim() {
        return told.isOld()
                ? new Claim(Claim.OLD_PROVENANCE, told.file(), told.isInlineOnly(), oldPredicate())
                : new Claim(Claim.PROVENANCE, told.file(), told.isInlineOnly(), predicate());
    }

    private ObjectNode predicate() {
        ObjectNode predicate = Json.object();
        ObjectNode definition = predicate.putObject("buildDefinition").put("buildType", BUILD_TYPE);
        ObjectNode external = definition.putObject("externalParameters");
        external.putObject("configSource").put("path", file);
        request(external.putObject("request"));
        definition.putObject("internalParameters").put("builderPlatform", host.toString());
        depend(definition.putArray("resolvedDependencies"));
        ObjectNode run = predicate.putObject("runDetails");
        run.putObject("builder").put("id", told.builder());
        metadata(run.putObject("metadata"));
        return predicate;
    }

    private ObjectNode oldPredicate() {
        ObjectNode predicate = Json.object();
        predicate.putObject("builder").put("id", told.builder());
        predicate.put("buildType", OLD_TYPE);
        depend(predicate.putArray("materials"));
        ObjectNode invocation = predicate.putObject("invocation");
        invocation.putObject("configSource").put("entryPoint", file);
        request(invocation.putObject("parameters"));
        invocation.putObject("environment").put("platform", host.toString());
        ObjectNode metadata = predicate.putObject("metadata");
        switch (occasion) {
            case Occasion.Once(String id, Instant started, Instant finished) ->
                metadata.put("buildInvocationID", id)
                        .put("buildStartedOn", started.toString())
                        .put("buildFinishedOn", finished.toString());
            case Occasion.AnyTime anyTime -> {}
        }
        metadata.putObject("completeness")
                .put("parameters", told.everything())
                .put("environment", true)
                .put("materials", false);
        metadata.put("reproducible", told.isReproducible());
        metadata.put(OLD_TYPE + "#hermetic", materials.isHermetic());
        sources(metadata.putObject(OLD_TYPE + "#metadata"));
        return predicate;
    }

    private void depend(ArrayNode dependencies) {
        materials.all().forEach(material -> depend(dependencies.addObject(), material));
    }

    private void request(ObjectNode request) {
        request.put("frontend", "dockerfile.v0");
        ObjectNode arguments = request.putObject("args");
        if (told.everything()) {
            new TreeMap<>(wishes.arguments()).forEach((name, value) -> arguments.put("build-arg:" + name, value));
            new TreeMap<>(wishes.labels()).forEach((name, value) -> arguments.put("label:" + name, value));
        }
        wishes.platform().ifPresent(platform -> arguments.put("platform", platform.toString()));
        wishes.target().filter(target -> !target.isEmpty()).ifPresent(target -> arguments.put("target", target));
        if (told.everything()) {
            grants(request, "secrets", materials.secrets());
            grants(request, "ssh", materials.agents());
        }
        ArrayNode locals = request.putArray("locals");
        locals.addObject().put("name", "context");
        locals.addObject().put("name", "dockerfile");
    }

    private static void grants(ObjectNode request, String name, List<Materials.Grant> grants) {
        if (!grants.isEmpty()) {
            ArrayNode all = request.putArray(name);
            for (Materials.Grant grant : grants) {
                ObjectNode entry = all.addObject().put("id", grant.id());
                if (grant.isOptional()) {
                    entry.put("optional", true);
                }
            }
        }
    }

    private static void depend(ObjectNode dependency, Material material) {
        switch (material) {
            case Material.OfImage(var name, var platform, var target) ->
                dependency
                        .put("uri", PackageUrl.image(name, platform))
                        .putObject("digest")
                        .put(target.algorithm(), target.hex());
            case Material.OfUrl(var url, var checksum) -> {
                int colon = checksum.indexOf(':');
                dependency
                        .put("uri", anonymous(url))
                        .putObject("digest")
                        .put(checksum.substring(0, colon), checksum.substring(colon + 1));
            }
            case Material.OfRepository(var address, var commit) ->
                dependency
                        .put("uri", uri(address))
                        .putObject("digest")
                        .put(commit.length() == SHA1_LENGTH ? "sha1" : "sha256", commit);
        }
    }

    private static String uri(GitAddress address) {
        return anonymous(address.remote()) + (address.ref().isEmpty() ? "" : "#" + address.ref());
    }

    /// Without user and password: tokens stand in either place. `git@host` is nobody's.
    private static String anonymous(String url) {
        return url.replaceFirst("^([a-z+]+://)[^/@]*@", "$1");
    }

    private void metadata(ObjectNode metadata) {
        switch (occasion) {
            case Occasion.Once(String id, Instant started, Instant finished) ->
                metadata.put("invocationId", id)
                        .put("startedOn", started.toString())
                        .put("finishedOn", finished.toString());
            case Occasion.AnyTime anyTime -> {}
        }
        sources(metadata.putObject("buildkit_metadata"));
        metadata.put("buildkit_hermetic", materials.isHermetic());
        // A context is not among the dependencies, as it has no address.
        metadata.putObject("buildkit_completeness")
                .put("request", told.everything())
                .put("resolvedDependencies", false);
        metadata.put("buildkit_reproducible", told.isReproducible());
    }

    private void sources(ObjectNode metadata) {
        if (told.everything()) {
            metadata.putObject("source")
                    .putArray("infos")
                    .addObject()
                    .put("filename", file)
                    .put("language", "Dockerfile")
                    .put("data", Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
