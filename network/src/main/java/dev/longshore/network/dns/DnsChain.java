package dev.longshore.network.dns;

import java.util.List;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;

/// The links in order; to add a DNS behaviour, write a [Link] and list it in [#standard].
final class DnsChain {

    private static final int LONGEST_DETOUR = 8;

    private final List<Link> links;

    DnsChain(List<Link> links) {
        this.links = List.copyOf(links);
    }

    /// The chain of a node's name server: the names of the asking container's neighbours and the cluster's own
    /// names first, then what was asked of others before, then the others.
    static DnsChain standard(Link engine, Link pods, Link services, Link reverse, Link cache, Link forward) {
        return new DnsChain(List.of(engine, pods, services, reverse, cache, forward));
    }

    /// The answer to `question`, asked by `client`.
    Message answer(Record question, String client) {
        return at(0, question, client, LONGEST_DETOUR);
    }

    private Message at(int index, Record question, String client, int detours) {
        if (index == links.size() || detours == 0) {
            return Answers.of(question, Rcode.SERVFAIL);
        }
        return links.get(index).answer(question, new Link.Next() {
            @Override
            public String client() {
                return client;
            }

            @Override
            public Message answer(Record same) {
                return at(index + 1, same, client, detours);
            }

            @Override
            public Message restart(Record other) {
                return at(0, other, client, detours - 1);
            }
        });
    }
}
