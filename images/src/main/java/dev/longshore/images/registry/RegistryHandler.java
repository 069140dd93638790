package dev.longshore.images.registry;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A registry (OCI distribution specification v1.1) over this machine's store: what is built here can be pulled
/// from it at once, and what is pushed to it can be run. A repository `hello` is Docker's
/// `docker.io/library/hello`, a repository `example.com/hello` is that name's. Thread-safe.
public final class RegistryHandler implements Handler {

    private static final Pattern ROUTE =
            Pattern.compile("/v2/(.+?)/(manifests|blobs|tags|referrers)(?:/(.*))?", Pattern.DOTALL);
    private static final int USUAL_PAGE = 1000;

    private final LocalImages local;
    private final ManifestEndpoint manifests;
    private final BlobEndpoint blobs;
    private final UploadEndpoint uploads;

    /// Over `local`.
    public RegistryHandler(LocalImages local) {
        this.local = local;
        var pushes = new Pushes(local.content().leases());
        this.manifests = new ManifestEndpoint(local, pushes);
        this.blobs = new BlobEndpoint(local, pushes);
        this.uploads = new UploadEndpoint(local, pushes);
    }

    @Override
    public Response handle(Request request) throws IOException {
        Response response;
        try {
            response = route(request);
        } catch (ImageFaultException fault) {
            response = RegistryError.of(fault.fault());
        }
        return response;
    }

    private Response route(Request request) throws IOException {
        String path = request.path();
        if (path.equals("/v2") || path.equals("/v2/")) {
            return json(200, "{}");
        }
        if (path.equals("/v2/_catalog")) {
            return list(request, "repositories", repositories(), Optional.empty());
        }
        Matcher route = ROUTE.matcher(path);
        if (!route.matches()) {
            return RegistryError.of(404, "NAME_UNKNOWN", "no such address");
        }
        Reference repository = repository(route.group(1));
        String rest = route.group(3) == null ? "" : route.group(3);
        return switch (route.group(2)) {
            case "manifests" -> manifests.handle(request, repository, rest, route.group(1));
            case "blobs" ->
                rest.startsWith("uploads")
                        ? uploads.handle(
                                request,
                                route.group(1),
                                rest.substring("uploads".length()).replaceFirst("^/", ""))
                        : blobs.handle(request, digest(rest));
            case "tags" -> tags(request, repository, route.group(1));
            default -> manifests.referrers(request, digest(rest));
        };
    }

    private Response tags(Request request, Reference repository, String name) {
        List<String> tags = local.images().tags(repository.repository());
        if (tags.isEmpty() && !local.images().repositories().contains(repository.repository())) {
            return RegistryError.of(404, "NAME_UNKNOWN", "repository name not known to registry: " + name);
        }
        return list(request, "tags", tags, Optional.of(name));
    }

    private List<String> repositories() {
        return local.images().repositories().stream()
                .map(name -> Reference.parse(name).familiarRepository())
                .sorted()
                .toList();
    }

    private static Response list(Request request, String field, List<String> all, Optional<String> name) {
        String last = request.query().first("last").orElse("");
        int page = page(request);
        List<String> left = all.stream()
                .filter(entry -> last.isEmpty() || entry.compareTo(last) > 0)
                .toList();
        List<String> shown = left.subList(0, Math.min(page, left.size()));
        var tree = Json.object();
        name.ifPresent(n -> tree.put("name", n));
        var array = tree.putArray(field);
        shown.forEach(array::add);
        Headers headers = Headers.of("Content-Type", "application/json");
        if (shown.size() < left.size() && !shown.isEmpty()) {
            headers = headers.with(
                    "Link", "<" + request.path() + "?n=" + page + "&last=" + shown.getLast() + ">; rel=\"next\"");
        }
        return new Response.Full(200, headers, Json.bytes(tree));
    }

    private static int page(Request request) {
        try {
            int asked = Integer.parseInt(request.query().first("n").orElse(String.valueOf(USUAL_PAGE)));
            return Math.clamp(asked, 0, USUAL_PAGE);
        } catch (NumberFormatException none) {
            throw new ImageFaultException(new ImageFault.Malformed("n", "not a number"));
        }
    }

    static Reference repository(String name) {
        Reference reference = Reference.parse(name);
        if (reference.tag().isPresent() || reference.digest().isPresent()) {
            throw new ImageFaultException(new ImageFault.InvalidReference(name, "invalid repository name"));
        }
        return reference;
    }

    static Digest digest(String text) {
        try {
            return Digest.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new ImageFaultException(new ImageFault.WrongDigest("a digest", text), wrong);
        }
    }

    static Response json(int status, String body) {
        return new Response.Full(
                status,
                Headers.of("Content-Type", "application/json", "Docker-Distribution-Api-Version", "registry/2.0"),
                body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    static Response notAllowed() {
        return RegistryError.of(405, "UNSUPPORTED", "The operation is unsupported.");
    }
}
