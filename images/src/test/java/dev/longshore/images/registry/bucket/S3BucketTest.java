package dev.longshore.images.registry.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.http.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// S3's protocol, against a server of the test's; with `LONGSHORE_S3` (as `http://127.0.0.1:5999`, which has a bucket
/// `registry`) against that.
class S3BucketTest {

    private static final int PART = 5 << 20;

    private final S3Server s3 = new S3Server();
    private HttpServer server;
    private S3Bucket bucket;

    @BeforeEach
    void open() throws Exception {
        server = new HttpServer("s3-test", s3);
        String own = "http://127.0.0.1:" + server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        String other = System.getenv("LONGSHORE_S3");
        bucket = new S3Bucket(
                new BucketSettings(
                        "registry",
                        "us-east-1",
                        "test-" + System.nanoTime() + "/",
                        Optional.of(URI.create(other == null ? own : other)),
                        true),
                StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")),
                PART);
    }

    @AfterEach
    void close() {
        bucket.close();
        server.close();
    }

    @Test
    void objectsComeBackWholeAndInPart() throws Exception {
        bucket.put("a/b", bytes("0123456789"));

        assertThat(bucket.get("a/b")).hasValueSatisfying(all -> assertThat(all).isEqualTo(bytes("0123456789")));
        assertThat(bucket.size("a/b")).hasValue(10);
        try (InputStream in = bucket.open("a/b", 7)) {
            assertThat(in.readAllBytes()).isEqualTo(bytes("789"));
        }
    }

    @Test
    void whatIsNotThereIsEmpty() throws Exception {
        assertThat(bucket.get("none")).isEmpty();
        assertThat(bucket.find("none")).isEmpty();
        bucket.delete("none");
        assertThatThrownBy(() -> bucket.open("none", 0)).isInstanceOf(IOException.class);
    }

    @Test
    void listsAreWholeThoughTheyComeInPages() throws Exception {
        for (int i = 0; i < 8; i++) {
            bucket.put("list/" + i, bytes("x"));
        }
        bucket.put("other/1", bytes("x"));

        assertThat(bucket.list("list/"))
                .extracting(Bucket.Entry::key)
                .containsExactly("list/0", "list/1", "list/2", "list/3", "list/4", "list/5", "list/6", "list/7");

        bucket.delete("list/3");
        assertThat(bucket.list("list/")).hasSize(7);
    }

    @Test
    void aListMayBeginAnywhereAndEndEarly() throws Exception {
        for (int i = 0; i < 9; i++) {
            bucket.put("list/" + i, bytes("x"));
        }
        int before = s3.pages();

        assertThat(bucket.list("list/", "list/3", 2))
                .extracting(Bucket.Entry::key)
                .containsExactly("list/4", "list/5");
        assertThat(s3.pages() - before).isEqualTo(1);
        assertThat(bucket.list("list/", "list/", 4)).hasSize(4);
        assertThat(bucket.list("list/", "list/7", 100))
                .extracting(Bucket.Entry::key)
                .containsExactly("list/8");
    }

    @Test
    void aLargeObjectGoesInParts() throws Exception {
        byte[] large = new byte[PART + 1000];
        new Random(1).nextBytes(large);

        bucket.put("large", large.length, offset -> from(large, offset));

        assertThat(bucket.size("large")).hasValue(large.length);
        try (InputStream in = bucket.open("large", PART - 5)) {
            assertThat(in.readAllBytes()).isEqualTo(java.util.Arrays.copyOfRange(large, PART - 5, large.length));
        }
        assertThat(s3.hasOpenUploads()).isFalse();
    }

    @Test
    void aSourceThatBreaksOffLeavesNothing() throws Exception {
        assertThatThrownBy(() -> bucket.put("broken", PART + 1000, offset -> {
                    if (offset > 0) {
                        throw new IOException("gone");
                    }
                    return from(new byte[PART], 0);
                }))
                .isInstanceOf(Exception.class);

        assertThat(bucket.find("broken")).isEmpty();
        assertThat(s3.hasOpenUploads()).isFalse();
    }

    @Test
    void aBusyServerIsAskedAgain() throws Exception {
        s3.failures.set(2);

        bucket.put("busy", 4, offset -> from(bytes("data"), offset));

        assertThat(bucket.size("busy")).hasValue(4);
    }

    private static InputStream from(byte[] bytes, long offset) {
        return new ByteArrayInputStream(bytes, (int) offset, bytes.length - (int) offset);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
