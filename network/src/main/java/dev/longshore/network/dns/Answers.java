package dev.longshore.network.dns;

import java.util.List;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

/// Makes answers.
final class Answers {

    /// How long clients may keep what the cluster says: endpoints come and go.
    static final int TTL = 5;

    private Answers() {}

    /// An answer with `rcode` and nothing in it.
    static Message of(Record question, int rcode) {
        var message = new Message();
        message.getHeader().setFlag(Flags.QR);
        message.getHeader().setFlag(Flags.RA);
        message.getHeader().setRcode(rcode);
        message.addRecord(question, Section.QUESTION);
        return message;
    }

    /// Records, by authority.
    static Message records(Record question, List<Record> records) {
        Message message = of(question, Rcode.NOERROR);
        message.getHeader().setFlag(Flags.AA);
        records.forEach(record -> message.addRecord(record, Section.ANSWER));
        return message;
    }

    /// There is nothing, by authority of `zone`: no such name, or ([Rcode#NOERROR]) none of this type.
    static Message nothing(Record question, int rcode, Name zone) {
        Message message = of(question, rcode);
        message.getHeader().setFlag(Flags.AA);
        message.addRecord(authority(zone), Section.AUTHORITY);
        return message;
    }

    private static Record authority(Name zone) {
        Name server = Names.of("ns.dns." + zone);
        Name mailbox = Names.of("hostmaster." + zone);
        return new SOARecord(zone, DClass.IN, TTL, server, mailbox, 1, 7200, 1800, 86_400, TTL);
    }
}
