package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.longshore.base.ClusterId;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.cli.CommandFailure;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.TlsIdentity;
import dev.longshore.http.grpc.GrpcCall;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.http.grpc.GrpcSettings;
import dev.longshore.model.UserInfo;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.pki.CertificateState;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Pem;
import dev.longshore.server.pki.Terms;
import dev.longshore.store.grpc.proto.WatchCreateRequest;
import dev.longshore.store.grpc.proto.WatchRequest;
import dev.longshore.store.grpc.proto.WatchResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A cluster's store, seen and changed by Debian's `etcdctl` with the keys that the server made.
class EtcdListenerTest {

    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String KEY = "/registry/configmaps/default/";
    private static final ClusterRecord CLUSTER = new ClusterRecord(
            new ClusterId("abcdef"), "seen", "10.244.0.0/16", "10.96.0.0/16", "30000-32767", 6443, 0, 0);
    private static final HostAddress HOST = new HostAddress("here", "192.0.2.1");

    @TempDir
    private Path directory;

    private RealApi api;
    private EtcdListener listener;
    private Etcdctl etcdctl;

    @BeforeEach
    void start() throws IOException {
        Etcdctl.require();
        api = new RealApi();
        listener = open(0);
        etcdctl = new Etcdctl("https://127.0.0.1:" + listener.port(), directory.resolve("pki/etcd"));
    }

    @AfterEach
    void stop() {
        if (listener != null) {
            listener.close();
            api.close();
        }
    }

    private ClusterKeys keys() {
        return new ClusterKeys(directory.resolve("pki"), Time.system(), Terms.USUAL, new SecureRandom());
    }

    private EtcdListener open(int port) throws IOException {
        var address = new InetSocketAddress("127.0.0.1", port);
        return EtcdListener.open(address, api.store, keys(), CLUSTER, HOST);
    }

    private void send(String method, String target, String body) {
        assertThat(api.send(RealApi.ADMIN, method, target, body).status()).isBetween(200, 201);
    }

    private String revision() {
        return api.send(RealApi.ADMIN, "GET", MAPS, "")
                .json()
                .at("/metadata/resourceVersion")
                .asString();
    }

    @Test
    void etcdctlReadsWhatTheApiStores() throws Exception {
        send("POST", MAPS, "{\"metadata\":{\"name\":\"a\"},\"data\":{\"say\":\"hello\"}}");

        assertThat(etcdctl.run("get", "/registry/", "--prefix", "--keys-only"))
                .contains("\n" + KEY + "a\n", "/registry/namespaces/default\n");
        JsonNode stored = Json.parse(etcdctl.run("get", KEY + "a", "--print-value-only"));
        assertThat(stored.at("/data/say").asString()).isEqualTo("hello");
        assertThat(etcdctl.run("member", "list")).contains("started, seen, https://127.0.0.1:0");
    }

    @Test
    void etcdctlWatchesWhatTheApiChanges() throws Exception {
        Process watch =
                etcdctl.begin(true, "watch", KEY, "--prefix", "--rev=" + (Long.parseLong(revision()) + 1), "--prev-kv");
        try (var lines = new BufferedReader(new InputStreamReader(watch.getInputStream(), StandardCharsets.UTF_8))) {
            send("POST", MAPS, "{\"metadata\":{\"name\":\"b\"},\"data\":{\"say\":\"hello\"}}");
            assertThat(lines.readLine()).isEqualTo("PUT");
            assertThat(lines.readLine()).isEqualTo(KEY + "b");
            assertThat(lines.readLine()).contains("\"say\":\"hello\"");
            send("DELETE", MAPS + "/b", "");
            assertThat(lines.readLine()).isEqualTo("DELETE");
            assertThat(lines.readLine()).isEqualTo(KEY + "b");
        } finally {
            watch.destroyForcibly();
        }
    }

    /// grpc asks every 10 seconds at most, and a server that minds says so the fourth time.
    @Test
    @EnabledIfSystemProperty(named = "longshore.long", matches = "true")
    void aQuietWatchOfWhoAsksWhetherTheServerIsThereGoesOn() throws Exception {
        Path pki = directory.resolve("pki/etcd");
        var tls = new HttpDialer.Tls(
                Pem.certificates(pki.resolve("ca.crt")),
                Optional.of(new TlsIdentity(
                        Pem.privateKey(pki.resolve("client.key")), Pem.certificates(pki.resolve("client.crt")))),
                Optional.empty());
        GrpcMethod<WatchRequest, WatchResponse> watching = GrpcMethod.bothMany(
                "etcdserverpb.Watch/Watch", WatchRequest.getDefaultInstance(), WatchResponse.getDefaultInstance());
        try (var client = GrpcClient.to(
                        new InetSocketAddress("127.0.0.1", listener.port()),
                        tls,
                        new GrpcSettings(Map.of(), Duration.ofSeconds(10), 1 << 20));
                GrpcCall<WatchRequest, WatchResponse> watch = client.open(watching, Duration.ofMinutes(5))) {
            watch.send(WatchRequest.newBuilder()
                    .setCreateRequest(WatchCreateRequest.newBuilder().setKey(ByteString.copyFromUtf8(KEY + "late")))
                    .build());
            assertThat(watch.receive().orElseThrow().getCreated()).isTrue();

            Time.system().sleep(Duration.ofSeconds(55));
            send("POST", MAPS, "{\"metadata\":{\"name\":\"late\"}}");

            assertThat(watch.receive().orElseThrow().getEventsCount()).isEqualTo(1);
        }
    }

    @Test
    void watchersOfTheApiHearOfWhatEtcdctlChanges() throws Exception {
        send("POST", MAPS, "{\"metadata\":{\"name\":\"a\"},\"data\":{\"say\":\"hello\"}}");
        String stored = etcdctl.run("get", KEY + "a", "--print-value-only");
        try (BufferedReader events = watch(revision())) {
            etcdctl.runWith(stored.replace("\"a\"", "\"c\"").strip(), "put", KEY + "c");
            JsonNode added = Json.parse(events.readLine());
            assertThat(added.path("type").asString()).isEqualTo("ADDED");
            assertThat(added.at("/object/metadata/name").asString()).isEqualTo("c");
            assertThat(api.send(RealApi.ADMIN, "GET", MAPS + "/c", "")
                            .json()
                            .at("/data/say")
                            .asString())
                    .isEqualTo("hello");
            assertThat(etcdctl.run("del", KEY + "c")).isEqualTo("1\n");
            JsonNode deleted = Json.parse(events.readLine());
            assertThat(deleted.path("type").asString()).isEqualTo("DELETED");
            assertThat(deleted.at("/object/metadata/name").asString()).isEqualTo("c");
        }
    }

    @Test
    void aStoreThatIsFullIsAnsweredAsByKubernetesUntilItsAlarmIsDisarmed() throws Exception {
        String map = "{\"metadata\":{\"name\":\"a\"}}";
        send("POST", MAPS, map);
        api.store.alarm(true);
        assertThat(etcdctl.run("alarm", "list")).matches("memberID:[0-9]+ alarm:NOSPACE \n");

        RealApi.Answer refused = api.send(RealApi.ADMIN, "POST", MAPS, map.replace("\"a\"", "\"b\""));
        assertThat(refused.status()).isEqualTo(500);
        assertThat(refused.json())
                .isEqualTo(
                        Json.parse("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
                                + "\"message\":\"etcdserver: mvcc: database space exceeded\",\"code\":500}"));
        send("DELETE", MAPS + "/a", "");

        assertThat(etcdctl.run("alarm", "disarm")).contains("alarm:NOSPACE");
        assertThat(etcdctl.run("alarm", "list")).isEmpty();
        send("POST", MAPS, map);
    }

    @Test
    void nobodyIsLetInWithoutACertificateOfItsOwnAuthority() throws Exception {
        Etcdctl.Said stranger = etcdctl.strange("get", KEY, "--prefix", "--dial-timeout=2s", "--command-timeout=2s");
        assertThat(stranger.code()).isNotZero();

        keys().identity("visitor", dev.longshore.server.pki.CertificateRequest.client("admin", UserInfo.MASTERS));
        for (String half : List.of(".crt", ".key")) {
            Files.copy(directory.resolve("pki/visitor" + half), directory.resolve("client" + half));
        }
        Files.copy(directory.resolve("pki/etcd/ca.crt"), directory.resolve("ca.crt"));
        var admin = new Etcdctl(etcdctl.endpoint(), directory);
        Process refused = admin.begin(true, "get", KEY, "--prefix", "--dial-timeout=2s", "--command-timeout=2s");
        refused.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        assertThat(refused.waitFor()).isNotZero();
    }

    @Test
    void itsKeysAreTheClustersOwn() throws Exception {
        for (String name : List.of("ca.crt", "ca.key", "server.key", "client.crt", "client.key")) {
            Path file = directory.resolve("pki/etcd").resolve(name);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        ClusterKeys stored = keys();
        stored.takeStored();
        assertThat(stored.states())
                .extracting(CertificateState::name, CertificateState::authority)
                .contains(
                        org.assertj.core.groups.Tuple.tuple("etcd/client", "etcd/ca"),
                        org.assertj.core.groups.Tuple.tuple("etcd/server", "etcd/ca"),
                        org.assertj.core.groups.Tuple.tuple("etcd/ca", ""));
        stored.renew("etcd/client");
        stored.renew("etcd/server");
        assertThat(etcdctl.run("endpoint", "health")).contains("is healthy");
    }

    @Test
    void aPortThatIsTakenIsSaid() {
        assertThatThrownBy(() -> open(listener.port()))
                .isInstanceOf(CommandFailure.class)
                .hasMessageStartingWith("--etcd-listen: nobody can listen at 127.0.0.1:" + listener.port());
    }

    /// What the API tells of ConfigMaps from now on.
    private BufferedReader watch(String from) throws IOException {
        var told = new PipedOutputStream();
        var heard = new PipedInputStream(told, 1 << 16);
        Request request = Request.local(
                "GET", MAPS + "?watch=true&timeoutSeconds=20&resourceVersion=" + from, Headers.EMPTY, new byte[0]);
        Thread.ofVirtual().start(() -> {
            try (told) {
                var answer = (Response.Stream) api.server.handle(request.with(UserInfo.class, RealApi.ADMIN));
                answer.body().writeTo(told);
            } catch (IOException ended) {
                throw new UncheckedIOException(ended);
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });
        return new BufferedReader(new InputStreamReader(heard, StandardCharsets.UTF_8));
    }
}
