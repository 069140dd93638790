package dev.longshore.kubelet.images;

import dev.longshore.base.GoDurations;
import dev.longshore.base.Json;
import dev.longshore.linux.Commands;
import dev.longshore.runtime.Images;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Runs a credential provider's program: a CredentialProviderRequest on its standard input, a
/// CredentialProviderResponse on its standard output, within a minute. What it answers is in no message, for there are
/// passwords in it.
///
/// @param directory where the program is
record ExecPlugin(CredentialProvider provider, Path directory, Commands commands) {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    /// What it answers.
    ///
    /// @param scope for what the answer is good: `Image`, `Registry` or `Global`
    /// @param life how long it may be kept; empty if it does not say
    /// @param credentials by place
    record Answer(String scope, Optional<Duration> life, Map<String, Images.Credentials> credentials) {}

    /// @param token of the pod's ServiceAccount; empty without one
    /// @param annotations of it
    /// @throws CredentialsException when it cannot be run, or answers nothing that can be used
    Answer ask(String image, String token, Map<String, String> annotations) throws InterruptedException {
        ObjectNode request = Json.object()
                .put("kind", "CredentialProviderRequest")
                .put("apiVersion", provider.version())
                .put("image", image);
        if (!token.isEmpty()) {
            request.put("serviceAccountToken", token);
        }
        if (!annotations.isEmpty()) {
            ObjectNode entries = request.putObject("serviceAccountAnnotations");
            annotations.forEach(entries::put);
        }
        var words = new java.util.ArrayList<String>();
        words.add(directory.resolve(provider.name()).toString());
        words.addAll(provider.arguments());
        String failure = "error execing credential provider plugin %s for image %s: ".formatted(provider.name(), image);
        Commands.Result result;
        try {
            result = commands.run(new Commands.Command(words, provider.environment(), Json.bytes(request), LIMIT));
        } catch (dev.longshore.linux.CommandFailedException broken) {
            throw new CredentialsException(failure + broken.getMessage(), broken);
        }
        if (result.exitCode() != 0) {
            throw new CredentialsException("%sexit status %d: %s"
                    .formatted(failure, result.exitCode(), result.err().strip()));
        }
        return answer(result.out());
    }

    private Answer answer(String text) {
        JsonNode tree;
        try {
            tree = Json.parse(text);
        } catch (Json.MalformedException malformed) {
            throw unreadable();
        }
        String version = tree.path("apiVersion").asString("");
        if (!version.equals(provider.version())) {
            throw new CredentialsException(
                    "apiVersion from credential plugin response did not match expected apiVersion:%s, actual apiVersion:%s"
                            .formatted(provider.version(), version));
        }
        if (!tree.path("kind").asString("").equals("CredentialProviderResponse")) {
            throw unreadable();
        }
        String scope = tree.path("cacheKeyType").asString("");
        if (!scope.equals("Image") && !scope.equals("Registry") && !scope.equals("Global")) {
            throw new CredentialsException("credential provider plugin did not return a valid cacheKeyType: " + scope);
        }
        var credentials = new LinkedHashMap<String, Images.Credentials>();
        tree.path("auth")
                .properties()
                .forEach(entry -> credentials.put(
                        entry.getKey(),
                        new Images.Credentials(
                                entry.getValue().path("username").asString(""),
                                entry.getValue().path("password").asString(""),
                                "")));
        return new Answer(scope, life(tree.path("cacheDuration")), credentials);
    }

    private static Optional<Duration> life(JsonNode text) {
        try {
            return text.isString() ? Optional.of(GoDurations.parse(text.asString())) : Optional.empty();
        } catch (IllegalArgumentException wrong) {
            throw unreadable();
        }
    }

    private static CredentialsException unreadable() {
        return new CredentialsException("error decoding credential provider plugin response from stdout");
    }
}
