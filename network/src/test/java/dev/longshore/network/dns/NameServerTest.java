package dev.longshore.network.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Time;
import dev.longshore.network.view.ClusterView;
import dev.longshore.network.view.ObjectName;
import dev.longshore.network.view.Range;
import dev.longshore.network.view.ServiceView;
import dev.longshore.network.view.SliceView;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// The name server as clients see it, over real sockets at loopback.
class NameServerTest {

    @TempDir
    Path directory;

    private NameServer server;

    @BeforeEach
    void start() throws Exception {
        var files = new DnsFiles(directory);
        DnsFiles.replace(files.records(), RecordLines.of("cluster.local", sample()));
        // The host's list of name servers names this server alone, which it must not ask.
        Files.writeString(directory.resolve("resolv.conf"), "nameserver 127.0.0.1\n");
        DnsFiles.replace(
                files.settings(),
                new DnsSettings(
                                "127.0.0.1",
                                0,
                                "cluster.local",
                                List.of(Range.parse("10.96.0.0/16"), Range.parse("10.244.0.0/16")),
                                directory.resolve("resolv.conf"))
                        .text());
        server = NameServer.start(files, Time.system());
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private static ClusterView sample() {
        var http = new ServiceView.Port("http", "tcp", 80, 0);
        var web = service("web", List.of("10.96.0.5"), false, Optional.empty(), http);
        var db = service("db", List.of(), true, Optional.empty(), http);
        var alias = service("alias", List.of(), false, Optional.of("web.default.svc.cluster.local"));
        var slice = new SliceView(
                new ObjectName("default", "db-1"),
                db.name(),
                List.of(new SliceView.Port("http", "tcp", 5432)),
                List.of(
                        new SliceView.Endpoint("10.244.0.7", true, true, false, Optional.empty(), Optional.of("db-0")),
                        new SliceView.Endpoint("10.244.0.8", true, true, false, Optional.empty(), Optional.empty()),
                        new SliceView.Endpoint("10.244.0.9", false, false, true, Optional.empty(), Optional.empty())));
        return ClusterView.of(List.of(web, db, alias), List.of(slice), Set.of("default", "empty"));
    }

    private static ServiceView service(
            String name, List<String> addresses, boolean headless, Optional<String> alias, ServiceView.Port... ports) {
        return new ServiceView(
                new ObjectName("default", name),
                addresses,
                List.of(),
                ServiceView.Guard.NONE,
                List.of(ports),
                headless,
                alias,
                Optional.empty(),
                false,
                false);
    }

    private Message ask(String name, int type) throws Exception {
        return new Wire().ask(server.address(), Message.newQuery(Record.newRecord(Names.of(name), type, DClass.IN)));
    }

    private List<String> answers(String name, int type) throws Exception {
        return ask(name, type).getSection(Section.ANSWER).stream()
                .map(Record::rdataToString)
                .sorted()
                .toList();
    }

    @Test
    void answersServicesByAddressPortAndReverse() throws Exception {
        assertThat(answers("web.default.svc.cluster.local.", Type.A)).containsExactly("10.96.0.5");
        assertThat(answers("WEB.Default.svc.cluster.local.", Type.A)).containsExactly("10.96.0.5");
        assertThat(answers("_http._tcp.web.default.svc.cluster.local.", Type.SRV))
                .containsExactly("0 100 80 web.default.svc.cluster.local.");
        assertThat(answers("5.0.96.10.in-addr.arpa.", Type.PTR)).containsExactly("web.default.svc.cluster.local.");
    }

    @Test
    void answersReadyHeadlessEndpointsTogetherAndEachByItsName() throws Exception {
        assertThat(answers("db.default.svc.cluster.local.", Type.A)).containsExactly("10.244.0.7", "10.244.0.8");
        assertThat(answers("db-0.db.default.svc.cluster.local.", Type.A)).containsExactly("10.244.0.7");
        assertThat(answers("10-244-0-8.db.default.svc.cluster.local.", Type.A)).containsExactly("10.244.0.8");
        assertThat(answers("_http._tcp.db.default.svc.cluster.local.", Type.SRV))
                .containsExactly(
                        "0 100 5432 10-244-0-8.db.default.svc.cluster.local.",
                        "0 100 5432 db-0.db.default.svc.cluster.local.");
        assertThat(ask("_http._tcp.db.default.svc.cluster.local.", Type.SRV).getSection(Section.ADDITIONAL))
                .extracting(Record::rdataToString)
                .containsExactlyInAnyOrder("10.244.0.7", "10.244.0.8");
    }

    @Test
    void answersPodsByTheirDashedAddressInNamespacesThatExist() throws Exception {
        assertThat(answers("10-244-0-7.empty.pod.cluster.local.", Type.A)).containsExactly("10.244.0.7");
        assertThat(ask("10-244-0-7.nowhere.pod.cluster.local.", Type.A).getRcode())
                .isEqualTo(Rcode.NXDOMAIN);
        assertThat(ask("not-an-address.empty.pod.cluster.local.", Type.A).getRcode())
                .isEqualTo(Rcode.NXDOMAIN);
    }

    @Test
    void followsAliases() throws Exception {
        assertThat(answers("alias.default.svc.cluster.local.", Type.A))
                .containsExactly("10.96.0.5", "web.default.svc.cluster.local.");
    }

    @Test
    void tellsNamesThatDoNotExistFromTypesThatDoNot() throws Exception {
        Message noName = ask("nothing.default.svc.cluster.local.", Type.A);
        Message noType = ask("web.default.svc.cluster.local.", Type.AAAA);

        assertThat(noName.getRcode()).isEqualTo(Rcode.NXDOMAIN);
        assertThat(noType.getRcode()).isEqualTo(Rcode.NOERROR);
        for (Message message : List.of(noName, noType)) {
            assertThat(message.getSection(Section.ANSWER)).isEmpty();
            assertThat(message.getSection(Section.AUTHORITY))
                    .extracting(Record::getType)
                    .containsExactly(Type.SOA);
            assertThat(message.getHeader().getFlag(Flags.AA)).isTrue();
        }
        assertThat(ask("default.svc.cluster.local.", Type.A).getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(ask("9.9.96.10.in-addr.arpa.", Type.PTR).getRcode()).isEqualTo(Rcode.NXDOMAIN);
    }

    @Test
    void failsForNamesOutsideWhenNobodyCanBeAsked() throws Exception {
        assertThat(ask("example.com.", Type.A).getRcode()).isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void answersLargeSetsByTcp() throws Exception {
        var db = service("many", List.of(), true, Optional.empty());
        var slice = new SliceView(
                new ObjectName("default", "many-1"),
                db.name(),
                List.of(),
                IntStream.range(0, 100)
                        .mapToObj(i -> SliceView.Endpoint.ready("10.244.1." + i, "node"))
                        .toList());
        DnsFiles.replace(
                new DnsFiles(directory).records(),
                RecordLines.of("cluster.local", ClusterView.of(List.of(db), List.of(slice), Set.of("default"))));

        await().untilAsserted(() ->
                assertThat(answers("many.default.svc.cluster.local.", Type.A)).hasSize(100));
        assertThat(byTcp("many.default.svc.cluster.local.")).hasSize(100);
    }

    @Test
    void learnsNewRecordsFromTheFile() throws Exception {
        var fresh = service("fresh", List.of("10.96.0.9"), false, Optional.empty());
        DnsFiles.replace(
                new DnsFiles(directory).records(),
                RecordLines.of("cluster.local", ClusterView.of(List.of(fresh), List.of(), Set.of("default"))));

        await().untilAsserted(() ->
                assertThat(answers("fresh.default.svc.cluster.local.", Type.A)).containsExactly("10.96.0.9"));
        assertThat(ask("web.default.svc.cluster.local.", Type.A).getRcode()).isEqualTo(Rcode.NXDOMAIN);
    }

    private List<Record> byTcp(String name) throws Exception {
        try (var socket =
                new Socket(server.address().getAddress(), server.address().getPort())) {
            Message query = Message.newQuery(Record.newRecord(Names.of(name), Type.A, DClass.IN));
            Wire.write(new DataOutputStream(socket.getOutputStream()), query.toWire());
            return new Message(Wire.read(new DataInputStream(socket.getInputStream()))).getSection(Section.ANSWER);
        }
    }
}
