package dev.longshore.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.http.grpc.parrot.Words;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// gRPC between machines: both sides prove who they are.
class GrpcTlsTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Words HELLO = Words.newBuilder().setText("hello").build();
    private static final GrpcMethod<Words, Words> SAY =
            GrpcMethod.unary("longshore.test.Parrot/Say", Words.getDefaultInstance(), Words.getDefaultInstance());

    private final TestAuthority servers;
    private final TestAuthority clients;
    private final AtomicReference<TlsIdentity> identity = new AtomicReference<>();
    private GrpcServer server;

    GrpcTlsTest() throws Exception {
        servers = new TestAuthority("servers");
        clients = new TestAuthority("clients");
    }

    @BeforeEach
    void start() throws Exception {
        identity.set(servers.server());
        server = GrpcServer.listen(
                Loopback.anyPort(),
                new HttpServer.Tls(identity::get, List.of(clients.certificate)),
                List.of(new GrpcService("longshore.test.Parrot").unary(SAY, words -> words)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private GrpcClient client(TestAuthority believed, Optional<TlsIdentity> shown) {
        var address = new InetSocketAddress("localhost", server.port());
        return GrpcClient.to(address, new HttpDialer.Tls(List.of(believed.certificate), shown, Optional.empty()));
    }

    @Test
    void answersThoseWhoShowACertificate() throws Exception {
        try (GrpcClient client =
                client(servers, Optional.of(clients.issue("alice").tls()))) {
            assertThat(client.call(SAY, HELLO, LIMIT)).isEqualTo(HELLO);
        }
    }

    @Test
    void refusesThoseWithoutOneOrWithThatOfAnother() throws Exception {
        TlsIdentity mallory = new TestAuthority("clients").issue("mallory").tls();
        for (Optional<TlsIdentity> shown : List.of(Optional.<TlsIdentity>empty(), Optional.of(mallory))) {
            try (GrpcClient client = client(servers, shown)) {
                assertThatThrownBy(() -> client.call(SAY, HELLO, LIMIT))
                        .isInstanceOfSatisfying(
                                GrpcException.class,
                                refused -> assertThat(refused.code()).isEqualTo(Status.Code.UNAVAILABLE));
            }
        }
    }

    @Test
    void isNotBelievedByThoseWhoKnowAnotherAuthority() throws Exception {
        try (GrpcClient client =
                client(clients, Optional.of(clients.issue("alice").tls()))) {
            assertThatThrownBy(() -> client.call(SAY, HELLO, LIMIT)).isInstanceOf(GrpcException.class);
        }
    }

    @Test
    void showsItsNewCertificateToNewConnections() throws Exception {
        Optional<TlsIdentity> alice = Optional.of(clients.issue("alice").tls());
        var others = new TestAuthority("others");
        identity.set(others.server());
        try (GrpcClient client = client(others, alice)) {
            assertThat(client.call(SAY, HELLO, LIMIT)).isEqualTo(HELLO);
        }
    }
}
