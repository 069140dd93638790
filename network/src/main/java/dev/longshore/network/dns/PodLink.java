package dev.longshore.network.dns;

import dev.longshore.network.view.Range;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// Answers `10-244-0-5.NAMESPACE.pod.DOMAIN` with the address it spells, when the namespace exists.
final class PodLink implements Link {

    private final Name domain;
    private final Name pods;
    private final Supplier<Optional<Zone>> zone;

    PodLink(Name domain, Supplier<Optional<Zone>> zone) {
        this.domain = domain;
        this.pods = Names.of("pod." + domain);
        this.zone = zone;
    }

    @Override
    public Message answer(Record question, Next next) {
        Name name = question.getName();
        Optional<Zone> records = zone.get();
        if (records.isEmpty() || !name.subdomain(pods) || name.labels() != pods.labels() + 2) {
            return next.answer(question);
        }
        String address = name.getLabelString(0).replace('-', '.');
        if (!Range.isAddress(address) || !records.get().has(Names.key(new Name(name, 1)))) {
            return Answers.nothing(question, Rcode.NXDOMAIN, domain);
        }
        return question.getType() == Type.A
                ? Answers.records(question, List.of(ServiceLink.record(name, new Zone.Entry("A", address))))
                : Answers.nothing(question, Rcode.NOERROR, domain);
    }
}
