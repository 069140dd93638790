/// Who may use which image: pull secrets, and what is noted of pulls so that present images are no way around them.
package dev.longshore.kubelet.images;
