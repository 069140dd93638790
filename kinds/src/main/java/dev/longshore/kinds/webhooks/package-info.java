/// Admission webhooks: others who are asked about requests, over HTTPS, and may change or refuse them.
package dev.longshore.kinds.webhooks;
