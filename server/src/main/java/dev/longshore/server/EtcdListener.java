package dev.longshore.server;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Digest;
import dev.longshore.cli.CommandFailure;
import dev.longshore.http.HttpServer;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.pki.CertificateRequest;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.KeptAuthority;
import dev.longshore.server.pki.KeptIdentity;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.grpc.EtcdFace;
import dev.longshore.store.grpc.EtcdMember;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/// The store, open for etcd's clients that show a certificate of its own authority. They see, and change, what is
/// stored as it is stored: whoever has that certificate has the cluster.
///
/// ```
/// pki/etcd/ca.crt .key         vouches for both, and for nobody else
///          server.crt .key     what is shown to clients
///          client.crt .key     for clients
/// ```
final class EtcdListener implements AutoCloseable {

    private static final String SERVER = "etcd/server";
    private static final String CLIENT = "etcd/client";

    private final GrpcServer server;

    private EtcdListener(GrpcServer server) {
        this.server = server;
    }

    /// Listens at `address`, with keys that are made if they are not there.
    ///
    /// @throws CommandFailure when somebody else listens there
    static EtcdListener open(
            InetSocketAddress address, EmbeddedStore store, ClusterKeys keys, ClusterRecord cluster, HostAddress host)
            throws IOException {
        KeptAuthority authority = keys.etcdAuthority();
        KeptIdentity shown =
                keys.identity(authority, SERVER, CertificateRequest.server("etcd-server", names(address, host)));
        keys.identity(authority, CLIENT, CertificateRequest.client("etcd-client"));
        var tls = new HttpServer.Tls(Certificates.tls(shown), () -> List.of(authority.certificate()), true);
        try {
            return new EtcdListener(
                    GrpcServer.listen(address, tls, EtcdFace.services(store, member(address, cluster, host))));
        } catch (IOException refused) {
            if (refused.getCause() instanceof BindException taken) {
                throw new CommandFailure(
                        "--etcd-listen: nobody can listen at %s (%s): is another program there?"
                                .formatted(text(address), taken.getMessage()),
                        refused);
            }
            throw refused;
        }
    }

    /// The port that it listens at.
    int port() {
        return server.port();
    }

    private static List<String> names(InetSocketAddress address, HostAddress host) {
        Stream<String> own =
                address.getAddress().isAnyLocalAddress() ? Stream.empty() : Stream.of(address.getHostString());
        return Stream.concat(own, Stream.of("localhost", "127.0.0.1", host.name(), host.address()))
                .distinct()
                .toList();
    }

    private static EtcdMember member(InetSocketAddress address, ClusterRecord cluster, HostAddress host) {
        ClusterId id = cluster.id();
        String reached =
                address.getAddress().isAnyLocalAddress() ? host.address() + ":" + address.getPort() : text(address);
        return new EtcdMember(
                number("cluster " + id.value()),
                number("member " + id.value()),
                cluster.name(),
                "https://" + reached,
                id.value());
    }

    private static String text(InetSocketAddress address) {
        String host = address.getHostString();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /// The same at every start.
    private static long number(String text) {
        return ByteBuffer.wrap(Digest.hasher("sha256").digest(text.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }

    @Override
    public void close() {
        server.close();
    }
}
