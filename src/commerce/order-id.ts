import { urlId } from '../util/uuid5.js';

/**
 * Returns the id that the event of an order has, in whichever tab, visit or system it is made: the UUIDv5 of
 * `https://HOST/NAME/TRANSACTION_ID` in the namespace of URLs. In Python: `uuid.uuid5(uuid.NAMESPACE_URL, 'https://shop.example/purchase/A-1001')`.
 *
 * @param host the shop's host, without `www.`: order numbers of two shops may be the same
 * @param transactionId with or without blanks around it
 * @param name of the event; default: `purchase`
 */
export const orderId = (host: string, transactionId: string, name = 'purchase'): string => urlId(`https://${host.replace(/^www\./, '')}/${name}/${transactionId.trim()}`);
