export { MAX_DEPTH, readToken, SHARE_PARAMETER, type ShareToken } from '../event/share-token.js';
