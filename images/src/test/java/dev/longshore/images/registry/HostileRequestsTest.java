package dev.longshore.images.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.images.LocalImages;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Requests that nobody sends by mistake: each is answered with a 4xx, never with a failure.
class HostileRequestsTest {

    private static final List<String> PIECES = List.of(
            "/v2/",
            "app",
            "/",
            "..",
            "blobs/",
            "uploads/",
            "manifests/",
            "tags/list",
            "referrers/",
            "sha256:",
            "a".repeat(64),
            ":",
            "@",
            "%2e%2e",
            "%00",
            "?",
            "n=",
            "last=",
            "ns=",
            "mount=",
            "from=",
            "digest=",
            "&",
            "-",
            "_catalog",
            "\u00e4",
            "latest",
            "A",
            "127.0.0.1:5000",
            "sha512:" + "0".repeat(128));

    @TempDir
    Path root;

    private RegistryHandler registry;

    @BeforeEach
    void open() throws Exception {
        registry = new RegistryHandler(LocalImages.open(root, "amd64", Time.system()));
    }

    @Test
    void anyMixtureOfWordsIsAnswered() throws Exception {
        var random = new Random(42);
        for (int i = 0; i < 3000; i++) {
            var target = new StringBuilder("/v2/");
            for (int pieces = random.nextInt(9); pieces > 0; pieces--) {
                target.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            String method =
                    List.of("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE").get(random.nextInt(6));
            Headers headers = Headers.of("Range", "bytes=" + target, "Content-Range", target + "-1");

            int status = ask(method, target.toString(), headers);

            assertThat(status).as(method + " " + target).isBetween(200, 499);
        }
        try (var files = java.nio.file.Files.walk(root.getParent(), 1)) {
            assertThat(files.filter(file -> !file.equals(root.getParent())).toList())
                    .contains(root);
        }
    }

    @Test
    void nothingIsTooLongToBeRefused() throws Exception {
        var targets = new ArrayList<String>();
        for (String part : List.of("a/", "a", "a-", "blobs/", "%20", ":", "@")) {
            String longOne = part.repeat(200_000);
            targets.add("/v2/" + longOne + "/tags/list");
            targets.add("/v2/app/manifests/" + longOne);
            targets.add("/v2/app/blobs/" + longOne);
            targets.add("/v2/app/blobs/uploads/" + longOne);
            targets.add("/v2/app/blobs/uploads/?mount=" + longOne + "&from=" + longOne);
            targets.add("/v2/app/blobs/uploads/?from=" + longOne + "&mount=" + Digest.sha256(new byte[0]));
            targets.add("/v2/app/tags/list?n=" + longOne);
            targets.add("/v2/app/tags/list?ns=" + longOne);
        }
        for (String target : targets) {
            for (String method : List.of("GET", "POST")) {
                assertThat(ask(method, target, Headers.EMPTY))
                        .as(method + " " + target.substring(0, 40))
                        .isBetween(400, 499);
            }
        }
    }

    private int ask(String method, String target, Headers headers) throws Exception {
        return registry.handle(Request.local(method, target, headers, new byte[] {1, 2, 3}))
                .status();
    }
}
