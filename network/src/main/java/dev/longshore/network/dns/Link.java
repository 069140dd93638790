package dev.longshore.network.dns;

import org.xbill.DNS.Message;
import org.xbill.DNS.Record;

/// One link of the chain that answers questions. Called concurrently; may block on the network, within a few
/// seconds.
///
/// A link answers what is its business and hands everything else to the next. It knows nothing of the links
/// before it.
interface Link {

    /// The answer to `question`, or what `next` says.
    Message answer(Record question, Next next);

    /// The rest of the chain.
    interface Next {
        /// Who asks, as an address.
        String client();

        /// What the links after this one answer.
        Message answer(Record question);

        /// What the whole chain answers, from its head: for names that an answer leads to.
        Message restart(Record question);
    }
}
