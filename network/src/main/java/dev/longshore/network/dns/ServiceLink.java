package dev.longshore.network.dns;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// Answers every name under the cluster's domain: services, headless endpoints, aliases. Without records it
/// fails instead of denying: a name that is denied is not asked for again.
final class ServiceLink implements Link {

    private static final String VERSION = "1.1.0";

    private final Name domain;
    private final Supplier<Optional<Zone>> zone;

    ServiceLink(Name domain, Supplier<Optional<Zone>> zone) {
        this.domain = domain;
        this.zone = zone;
    }

    @Override
    public Message answer(Record question, Next next) {
        if (!question.getName().subdomain(domain)) {
            return next.answer(question);
        }
        return zone.get()
                .map(records -> look(question, records, next))
                .orElseGet(() -> Answers.of(question, Rcode.SERVFAIL));
    }

    private Message look(Record question, Zone records, Next next) {
        String key = Names.key(question.getName());
        if (key.equals("dns-version." + Names.key(domain))) {
            return version(question);
        }
        if (!records.has(key) && !question.getName().equals(domain)) {
            return Answers.nothing(question, Rcode.NXDOMAIN, domain);
        }
        var found = new ArrayList<Record>();
        for (Zone.Entry entry : records.find(key)) {
            if (entry.type().equals("CNAME")) {
                return alias(question, record(question.getName(), entry), next);
            }
            if (entry.type().equals(Type.string(question.getType())) || question.getType() == Type.ANY) {
                found.add(record(question.getName(), entry));
            }
        }
        return found.isEmpty()
                ? Answers.nothing(question, Rcode.NOERROR, domain)
                : withTargets(Answers.records(question, found), records);
    }

    private Message version(Record question) {
        return question.getType() == Type.TXT
                ? Answers.records(
                        question, List.of(record(question.getName(), new Zone.Entry("TXT", '"' + VERSION + '"'))))
                : Answers.nothing(question, Rcode.NOERROR, domain);
    }

    /// An alias is followed for the client, as many of them do not follow it themselves.
    private static Message alias(Record question, Record alias, Next next) {
        Message message = Answers.records(question, List.of(alias));
        if (question.getType() != Type.CNAME && alias instanceof CNAMERecord cname) {
            Message target = next.restart(Record.newRecord(cname.getTarget(), question.getType(), DClass.IN));
            target.getSection(Section.ANSWER).forEach(record -> message.addRecord(record, Section.ANSWER));
        }
        return message;
    }

    private static Message withTargets(Message message, Zone records) {
        message.getSection(Section.ANSWER).stream()
                .filter(SRVRecord.class::isInstance)
                .map(record -> ((SRVRecord) record).getTarget())
                .distinct()
                .forEach(target -> records.find(Names.key(target)).stream()
                        .filter(entry -> entry.type().equals("A"))
                        .forEach(entry -> message.addRecord(record(target, entry), Section.ADDITIONAL)));
        return message;
    }

    static Record record(Name owner, Zone.Entry entry) {
        try {
            return Record.fromString(owner, Type.value(entry.type()), DClass.IN, Answers.TTL, entry.data(), Name.root);
        } catch (IOException wrong) {
            throw new IllegalArgumentException("not a record: " + entry, wrong);
        }
    }
}
