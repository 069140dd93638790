package dev.longshore.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What one can say to `longshore build`: the names are those of `docker build`.
final class BuildOptions {

    @Option(
            names = {"-t", "--tag"},
            paramLabel = "NAME[:TAG]",
            description = "a name for the image; may be given more than once")
    List<String> tags = List.of();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "the Dockerfile (default: CONTEXT/Dockerfile); - reads it from standard input")
    String file;

    @Option(
            names = "--build-arg",
            paramLabel = "NAME[=VALUE]",
            description = "a value for an ARG of the Dockerfile; without one that of the variable of that name")
    List<String> arguments = List.of();

    @Option(
            names = "--build-context",
            paramLabel = "NAME=VALUE",
            description =
                    "files, or an image, that FROM and --from know by this name: a directory, docker-image://REFERENCE, oci-layout://DIR[:TAG][@DIGEST], a repository or a web address")
    List<String> contexts = List.of();

    @Option(names = "--label", paramLabel = "NAME=VALUE", description = "a label for the image")
    Map<String, String> labels = Map.of();

    @Option(names = "--target", paramLabel = "STAGE", description = "the stage to stop after")
    String target;

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH",
            split = ",",
            description = "what the image shall run on; several make an index of an image for each")
    List<String> platforms = List.of();

    @Option(names = "--no-cache", description = "builds every step anew")
    boolean isWithoutCache;

    @Option(
            names = "--no-cache-filter",
            paramLabel = "STAGE",
            split = ",",
            description = "builds the steps of these stages anew")
    List<String> withoutCache = List.of();

    @Option(names = "--pull", description = "fetches base images anew")
    boolean isPulling;

    @Option(
            names = "--cache-from",
            paramLabel = "type=local,src=DIR|type=registry,ref=NAME",
            description = "where to look for steps that this machine does not know")
    List<String> cacheFrom = List.of();

    @Option(
            names = "--cache-to",
            paramLabel = "type=local,dest=DIR|type=registry,ref=NAME|type=inline",
            description =
                    "where to put what the steps came to; mode=max adds those of stages that only files come from")
    List<String> cacheTo = List.of();

    @Option(
            names = "--secret",
            paramLabel = "id=ID[,src=FILE|,env=NAME]",
            description = "a secret for RUN --mount=type=secret; it is in no image, cache or log")
    List<String> secrets = List.of();

    @Option(names = "--ssh", paramLabel = "default|ID=SOCKET", description = "an SSH agent for RUN --mount=type=ssh")
    List<String> agents = List.of();

    @Option(names = "--network", paramLabel = "MODE", description = "the network of RUN steps: default, none or host")
    String network;

    @Option(
            names = "--add-host",
            paramLabel = "NAME:IP",
            description = "a line for /etc/hosts of RUN steps; host-gateway is the engine's host")
    List<String> hosts = List.of();

    @Option(
            names = "--allow",
            paramLabel = "RIGHT",
            description =
                    "what RUN steps may ask for: network.host, security.insecure, device, device=NAME[,alias=NAME]")
    List<String> rights = List.of();

    @Mixin
    BuildLimits limits = new BuildLimits();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "type=TYPE[,dest=PATH]",
            description =
                    "what comes out: image (default), registry, oci, docker, local, tar; a directory alone is type=local; may be given more than once")
    List<String> outputs = List.of();

    @Option(names = "--push", description = "pushes the image: --output type=registry")
    boolean isPushing;

    @Option(names = "--iidfile", paramLabel = "FILE", description = "writes the image's id there")
    Path idFile;

    @Option(names = "--metadata-file", paramLabel = "FILE", description = "writes what came out there, as JSON")
    Path metadataFile;

    @Option(
            names = "--progress",
            paramLabel = "HOW",
            description = "how progress is shown: auto (default), plain, tty, quiet, none or rawjson")
    String progress;

    @Option(
            names = "--call",
            paramLabel = "check|outline|targets|describe[,format=json]",
            description = "only looks at the Dockerfile")
    String call;

    @Option(names = "--check", description = "only checks the Dockerfile: --call=check")
    boolean isCheck;

    @Option(
            names = {"-q", "--quiet"},
            description = "prints the image's id, nothing else")
    boolean isQuiet;

    @Option(names = "--rewrite-timestamp", description = "makes files in layers no newer than SOURCE_DATE_EPOCH")
    boolean isRewriting;

    @Option(
            names = "--attest",
            paramLabel = "type=sbom|type=provenance[,NAME=VALUE]",
            description = "what is said of the image beside it, or in files of outputs; like --sbom and --provenance")
    List<String> attests = List.of();

    @Option(
            names = "--sbom",
            arity = "0..1",
            fallbackValue = "true",
            preprocessor = AttachedValue.class,
            paramLabel = "true|false",
            description = "lists the packages in the image beside it, as SPDX")
    String sbom;

    @Option(
            names = "--provenance",
            arity = "0..1",
            fallbackValue = "true",
            preprocessor = AttachedValue.class,
            paramLabel = "mode=min|max,version=v0.2|v1",
            description = "tells how the image came about beside it, as SLSA provenance")
    String provenance;

    @Parameters(
            paramLabel = "CONTEXT",
            description =
                    "the directory that COPY and ADD take files from, or the address of a repository, an archive or a Dockerfile; - reads an archive, or a Dockerfile alone, from standard input")
    String context;
}
