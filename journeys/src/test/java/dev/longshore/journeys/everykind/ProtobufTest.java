package dev.longshore.journeys.everykind;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.HttpServer;
import dev.longshore.http.WebSocket;
import dev.longshore.journeys.everykind.LoneApi.Answer;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime;
import io.kubernetes.client.proto.V1;
import io.kubernetes.client.proto.V1Autoscaling;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// The API server in protobuf, read and written by the classes of the official library alone.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProtobufTest {

    private static final String TYPE = "application/vnd.kubernetes.protobuf";
    private static final String CONFIG_MAPS = "/api/v1/namespaces/wire/configmaps";
    private static final ByteString MAGIC = ByteString.copyFrom(new byte[] {'k', '8', 's', 0});

    private final LoneApi api = new LoneApi();

    @BeforeAll
    void prepareNamespace() {
        api.post("/api/v1/namespaces", Json.parse("{\"metadata\":{\"name\":\"wire\"}}"))
                .good();
    }

    @AfterAll
    void close() {
        api.close();
    }

    @Test
    void objectsAreCreatedListedWatchedAndDeleted() throws InvalidProtocolBufferException {
        V1.ConfigMap made = V1.ConfigMap.parseFrom(
                unwrap(send("POST", CONFIG_MAPS, "v1", "ConfigMap", configMap("one")), 201, "v1", "ConfigMap"));
        assertThat(made.getMetadata().getUid()).isNotEmpty();
        assertThat(made.getDataMap()).containsEntry("key", "välue");
        assertThat(made.getMetadata().getManagedFields(0).getFieldsV1().getRaw().toStringUtf8())
                .contains("f:data");

        V1.ConfigMapList list =
                V1.ConfigMapList.parseFrom(unwrap(api.get(CONFIG_MAPS, "Accept", TYPE), 200, "v1", "ConfigMapList"));
        assertThat(list.getMetadata().getResourceVersion()).isNotEmpty();
        assertThat(list.getItemsList()).contains(made);

        List<byte[]> frames = api.frames(
                CONFIG_MAPS + "?watch=1&fieldSelector=metadata.name%3Done", 1, "Accept", TYPE + ";stream=watch");
        Meta.WatchEvent event = Meta.WatchEvent.parseFrom(frames.getFirst());
        assertThat(event.getType()).isEqualTo("ADDED");
        ByteString object = unwrap(event.getObject().getRaw(), "v1", "ConfigMap");
        assertThat(V1.ConfigMap.parseFrom(object)).isEqualTo(made);

        var options = Meta.DeleteOptions.newBuilder()
                .setPreconditions(Meta.Preconditions.newBuilder()
                        .setUid(made.getMetadata().getUid()));
        Answer gone = send(
                "DELETE",
                CONFIG_MAPS + "/one",
                "v1",
                "DeleteOptions",
                options.build().toByteString());
        Meta.Status status = Meta.Status.parseFrom(unwrap(gone, 200, "v1", "Status"));
        assertThat(status.getStatus()).isEqualTo("Success");
        assertThat(status.getDetails().getName()).isEqualTo("one");
    }

    @Test
    void overAWebSocketEachEventIsABinaryMessage() throws Exception {
        V1.ConfigMap made = V1.ConfigMap.parseFrom(
                unwrap(send("POST", CONFIG_MAPS, "v1", "ConfigMap", configMap("socket")), 201, "v1", "ConfigMap"));
        String target = CONFIG_MAPS + "?watch=1&fieldSelector=metadata.name%3Dsocket";
        try (var server = new HttpServer("protobuf", api::handle);
                var dialer = HttpDialer.tcp(
                        "127.0.0.1", server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
                var opened = dialer.webSocket(
                        target, Headers.of("Accept", TYPE + ";stream=watch"), List.of("binary.k8s.io"))) {
            WebSocket.Message message = opened.socket().receive().orElseThrow();

            assertThat(opened.socket().subprotocol()).contains("binary.k8s.io");
            assertThat(message.isText()).isFalse();
            Meta.WatchEvent event = Meta.WatchEvent.parseFrom(message.payload());
            assertThat(event.getType()).isEqualTo("ADDED");
            assertThat(V1.ConfigMap.parseFrom(unwrap(event.getObject().getRaw(), "v1", "ConfigMap")))
                    .isEqualTo(made);
        }
    }

    @Test
    void watchesEndTheirInitialEventsWithABookmark() throws InvalidProtocolBufferException {
        send("POST", CONFIG_MAPS, "v1", "ConfigMap", configMap("initial"));

        List<byte[]> frames = api.frames(
                CONFIG_MAPS + "?watch=1&sendInitialEvents=true&allowWatchBookmarks=true"
                        + "&resourceVersionMatch=NotOlderThan&fieldSelector=metadata.name%3Dinitial",
                2,
                "Accept",
                TYPE);

        Meta.WatchEvent bookmark = Meta.WatchEvent.parseFrom(frames.getLast());
        assertThat(bookmark.getType()).isEqualTo("BOOKMARK");
        V1.ConfigMap last = V1.ConfigMap.parseFrom(unwrap(bookmark.getObject().getRaw(), "v1", "ConfigMap"));
        assertThat(last.getMetadata().getAnnotationsMap()).containsEntry("k8s.io/initial-events-end", "true");
    }

    @Test
    void refusalsAreStatuses() throws InvalidProtocolBufferException {
        Meta.Status status = Meta.Status.parseFrom(
                unwrap(api.get(CONFIG_MAPS + "/none", "Accept", TYPE + ", application/json"), 404, "v1", "Status"));

        assertThat(status.getReason()).isEqualTo("NotFound");
        assertThat(status.getCode()).isEqualTo(404);
        assertThat(status.getDetails().getKind()).isEqualTo("configmaps");
    }

    @Test
    void metadataAloneCanBeHad() throws InvalidProtocolBufferException {
        send("POST", CONFIG_MAPS, "v1", "ConfigMap", configMap("partial"));

        var list = Meta.PartialObjectMetadataList.parseFrom(unwrap(
                api.get(CONFIG_MAPS, "Accept", TYPE + ";as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"),
                200,
                "meta.k8s.io/v1",
                "PartialObjectMetadataList"));
        assertThat(list.getItemsList())
                .extracting(item -> item.getMetadata().getName())
                .contains("partial");
        var one = Meta.PartialObjectMetadata.parseFrom(unwrap(
                api.get(CONFIG_MAPS + "/partial", "Accept", TYPE + ";as=PartialObjectMetadata;v=v1;g=meta.k8s.io"),
                200,
                "meta.k8s.io/v1",
                "PartialObjectMetadata"));
        assertThat(one.getMetadata().getName()).isEqualTo("partial");
        assertThat(api.get(CONFIG_MAPS, "Accept", TYPE + ";as=Table;v=v1;g=meta.k8s.io")
                        .status())
                .isEqualTo(406);
    }

    @Test
    void scalesAreReadAndWritten() throws InvalidProtocolBufferException {
        String path = "/apis/apps/v1/namespaces/wire/deployments";
        api.post(path, Json.parse("""
                {"metadata":{"name":"web"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":\
                {"labels":{"a":"b"}},"spec":{"containers":[{"name":"x","image":"i"}]}}}}""")).good();

        var scale = V1Autoscaling.Scale.parseFrom(
                unwrap(api.get(path + "/web/scale", "Accept", TYPE), 200, "autoscaling/v1", "Scale"));
        assertThat(scale.getSpec().getReplicas()).isEqualTo(1);
        var wish = scale.toBuilder().setSpec(scale.getSpec().toBuilder().setReplicas(0));
        Answer answer = send(
                "PUT",
                path + "/web/scale",
                "autoscaling/v1",
                "Scale",
                wish.build().toByteString());

        var changed = V1Autoscaling.Scale.parseFrom(unwrap(answer, 200, "autoscaling/v1", "Scale"));
        assertThat(changed.getSpec().getReplicas()).isZero();
        assertThat(api.get(path + "/web").good().at("/spec/replicas").asInt(-1)).isZero();
    }

    private static ByteString configMap(String name) {
        return V1.ConfigMap.newBuilder()
                .setMetadata(Meta.ObjectMeta.newBuilder().setName(name))
                .putData("key", "välue")
                .build()
                .toByteString();
    }

    private Answer send(String method, String target, String apiVersion, String kind, ByteString object) {
        var unknown = Runtime.Unknown.newBuilder()
                .setTypeMeta(
                        Runtime.TypeMeta.newBuilder().setApiVersion(apiVersion).setKind(kind))
                .setRaw(object);
        byte[] body = MAGIC.concat(unknown.build().toByteString()).toByteArray();
        return api.send(method, target, body, "Content-Type", TYPE, "Accept", TYPE);
    }

    private static ByteString unwrap(Answer answer, int status, String apiVersion, String kind)
            throws InvalidProtocolBufferException {
        assertThat(answer.headers().first("Content-Type")).contains(TYPE);
        ByteString raw = unwrap(ByteString.copyFrom(answer.body()), apiVersion, kind);
        assertThat(answer.status()).isEqualTo(status);
        return raw;
    }

    private static ByteString unwrap(ByteString body, String apiVersion, String kind)
            throws InvalidProtocolBufferException {
        assertThat(body.startsWith(MAGIC)).isTrue();
        Runtime.Unknown unknown = Runtime.Unknown.parseFrom(body.substring(MAGIC.size()));
        assertThat(unknown.getTypeMeta().getApiVersion()).isEqualTo(apiVersion);
        assertThat(unknown.getTypeMeta().getKind()).isEqualTo(kind);
        return unknown.getRaw();
    }
}
